package io.understudy.failover;

/** What is done in a state, after the state was stored. Each may be repeated. */
public enum Action {
  NOTHING("nothing more"),
  PREPARE("publication, slot and triggers on the target"),
  SHUT("source read-only, its sessions ended"),
  DRAIN("barrier, target applies it, sequences, take the journal over"),
  SEAL("seal the journal for the target"),
  OPEN("begin the epoch, open the target"),
  REOPEN("open the source again"),
  TAKE_OVER("take the journal over"),
  END("seal the journal for the target"),
  INSTALL(
      "target applies the rest, shut the source if it answers, begin the epoch, open the target");

  private final String text;

  Action(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
