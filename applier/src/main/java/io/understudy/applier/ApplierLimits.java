package io.understudy.applier;

import java.time.Duration;

/**
 * How much one standby transaction may take when the applier is behind. A group ends with the
 * transaction that reaches one of the limits.
 *
 * @param transactions of the source
 * @param changes of all of them
 * @param bytes of all of them, as {@link io.understudy.journal.Change#size()} counts
 * @param time a group that takes longer than this makes the next ones smaller
 * @param pollTimeout how long one look at the journal may wait; also how quickly a stop is noticed
 */
public record ApplierLimits(
    int transactions, int changes, long bytes, Duration time, Duration pollTimeout) {

  /** Up to 1,000 transactions, 20,000 changes or 8 MiB; about a second. */
  public static final ApplierLimits DEFAULT =
      new ApplierLimits(
          1_000, 20_000, 8L * 1024 * 1024, Duration.ofSeconds(1), Duration.ofMillis(200));

  public ApplierLimits {
    if (transactions < 1 || changes < 1 || bytes < 1) {
      throw new IllegalArgumentException("a group holds at least one transaction, change and byte");
    }
    if (time.isNegative() || time.isZero() || pollTimeout.isNegative() || pollTimeout.isZero()) {
      throw new IllegalArgumentException("a time limit must be positive");
    }
  }
}
