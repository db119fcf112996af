package io.understudy.verify;

/**
 * How much a comparison may take, and what it compares.
 *
 * @param sessions how many chunks are compared at a time, each by one session on either side
 * @param maxLoad percent of the time that each session may keep its server busy, 1 to 100
 * @param sample percent of the chunks of each table with a key that are compared, chosen at random;
 *     tables without one are always compared whole
 * @param maxRows at how many differing rows of a table it stops looking for more
 */
public record VerifyLimits(int sessions, int maxLoad, double sample, int maxRows) {
  /** Two sessions, busy half of the time. */
  public static final VerifyLimits DEFAULT = new VerifyLimits(2, 50, 100, 10_000);

  public VerifyLimits {
    if (sessions < 1 || maxLoad < 1 || maxLoad > 100 || maxRows < 1) {
      throw new IllegalArgumentException(
          sessions + " sessions, load " + maxLoad + " %, " + maxRows + " rows");
    }
    if (!(sample > 0 && sample <= 100)) {
      throw new IllegalArgumentException("a sample of " + sample + " %");
    }
  }
}
