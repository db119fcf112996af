package io.understudy.failover;

/**
 * The steps of a promotion, in their order. Each may be repeated: doing it twice is doing it once.
 */
public enum PromotionStep {
  /** Take the journal from its reader and end the epoch in it. */
  SEAL("taking the journal over and sealing it"),
  /** Apply all that the journal holds before the seal. */
  DRAIN("applying what the journal still holds"),
  /** Let the standby be written to, with its sequences past what they have given out. */
  OPEN("opening the standby for writing");

  private final String doing;

  PromotionStep(String doing) {
    this.doing = doing;
  }

  /** For people, as "doing what". */
  public String doing() {
    return doing;
  }
}
