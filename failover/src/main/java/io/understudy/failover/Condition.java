package io.understudy.failover;

/** What leads from one state of the mirror to the next. */
public enum Condition {
  SWITCHOVER("switchover asked for"),
  SWITCHOVER_SEALED("switchover asked for, journal sealed"),
  CANCEL("switchover --cancel asked for"),
  /** Leads nowhere: it is too late. */
  CANCEL_SEALED("switchover --cancel asked for, journal sealed"),
  PROMOTE("promote asked for"),
  PROMOTE_SEALED("promote asked for, journal sealed"),
  DONE("done"),
  AGAIN("the reader had the journal back"),
  DONE_ALONE("done, but no standby can follow"),
  FAILED("failed"),
  FAILED_SEALED("failed, journal sealed");

  private final String text;

  Condition(String text) {
    this.text = text;
  }

  /** The same request where the epoch is at its end already. */
  Condition whenSealed() {
    return switch (this) {
      case SWITCHOVER -> SWITCHOVER_SEALED;
      case CANCEL -> CANCEL_SEALED;
      case PROMOTE -> PROMOTE_SEALED;
      case FAILED -> FAILED_SEALED;
      default -> this;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
