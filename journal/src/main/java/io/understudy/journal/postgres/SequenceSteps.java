package io.understudy.journal.postgres;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/**
 * How a sequence of PostgreSQL's goes from value to value.
 *
 * @param increment not 0; falls if negative
 * @param cycle whether it begins anew at the other bound, rather than refuse, when it is used up
 * @param cache how many values a session takes at once
 */
public record SequenceSteps(long increment, long min, long max, boolean cycle, long cache) {

  /** More than any server hands out: a sequence that went faster was set. */
  private static final long MOST_PER_SECOND = 2_000_000;

  /**
   * Where a sequence stands.
   *
   * @param last the value handed out last, or the next one if it is not called
   */
  public record Place(long last, boolean called) {}

  public boolean rises() {
    return increment > 0;
  }

  /** Where it ends. */
  public long bound() {
    return rises() ? max : min;
  }

  /** How many values it has. */
  public BigInteger count() {
    return distance(min, max).divide(big(increment).abs()).add(BigInteger.ONE);
  }

  /** How many steps it can go before it is used up, or begins anew. */
  public BigInteger left(Place from) {
    return distance(from.last(), bound()).divide(big(increment)).max(BigInteger.ZERO);
  }

  /**
   * How many steps lead from one place to another that it was found at {@code within} later; 0 if
   * it was set to another place meanwhile.
   */
  public long between(Place from, Place to, Duration within) {
    BigInteger steps = distance(from.last(), to.last()).divide(big(increment));
    if (from.called() != to.called()) {
      steps = steps.add(to.called() ? BigInteger.ONE : BigInteger.ONE.negate());
    }
    if (steps.signum() < 0 && cycle) {
      steps = steps.add(count());
    }
    return steps.signum() < 0 || steps.compareTo(most(within)) > 0 ? 0 : steps.longValueExact();
  }

  /**
   * The value to hand out next once it has handed out {@code passed} more than at {@code from};
   * empty if it is used up by then.
   */
  public Optional<Long> next(Place from, BigInteger passed) {
    BigInteger steps = from.called() ? passed.add(BigInteger.ONE) : passed;
    BigInteger left = left(from);
    if (steps.compareTo(left) <= 0) {
      return Optional.of(big(from.last()).add(big(increment).multiply(steps)).longValueExact());
    }
    if (!cycle) {
      return Optional.empty();
    }
    BigInteger anew = steps.subtract(left).subtract(BigInteger.ONE).mod(count());
    long begin = rises() ? min : max;
    return Optional.of(big(begin).add(big(increment).multiply(anew)).longValueExact());
  }

  private BigInteger most(Duration within) {
    return big(MOST_PER_SECOND)
        .add(big(cache).multiply(big(1000)))
        .multiply(big(within.toMillis() + 1))
        .divide(big(1000))
        .min(big(Long.MAX_VALUE));
  }

  private static BigInteger distance(long from, long to) {
    return big(to).subtract(big(from));
  }

  private static BigInteger big(long value) {
    return BigInteger.valueOf(value);
  }
}
