package io.understudy.applier.postgres;

import io.understudy.journal.postgres.SequenceSteps;
import io.understudy.journal.postgres.SequenceSteps.Place;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * What the journal told last of one of the source's sequences, and how far it may have gone since.
 *
 * @param peak the most steps a second that it went between two looks, in the last days
 * @param average steps a second since it was first heard of
 * @param lookSeconds how often the source was looked at
 */
record ToldSequence(Place place, double peak, double average, double lookSeconds) {

  /** Of a sequence of which nothing is known but where it stands. */
  static ToldSequence only(Place place) {
    return new ToldSequence(place, 0, 0, 0);
  }

  /** The source may be this much faster than it was seen to be. */
  private static final int FACTOR = 3;

  /** A look at the source, and its way here, take less. */
  private static final double LEAST_SECONDS = 10;

  /** Nothing goes at its fastest for longer. */
  private static final double PEAK_SECONDS = 600;

  /** What a sequence that stood still may have begun to hand out. */
  private static final int LEAST_STEPS = 1000;

  /** Of what is left of a sequence, the part that is given up without having seen it move. */
  private static final int SHARE = 10;

  /**
   * How many values the source may have handed out since this was told.
   *
   * @param silentSeconds since the last thing that the source is known to have done
   * @param sessions that the source may have, each with a reserve
   */
  BigInteger margin(SequenceSteps steps, double silentSeconds, int sessions) {
    double seconds = Math.max(0, silentSeconds) + Math.max(LEAST_SECONDS, 2 * lookSeconds);
    double seen = FACTOR * (peak * Math.min(seconds, PEAK_SECONDS) + average * seconds);
    BigInteger likely = BigDecimal.valueOf(seen).setScale(0, RoundingMode.CEILING).toBigInteger();
    BigInteger unseen =
        BigInteger.valueOf(steps.cache())
            .multiply(BigInteger.valueOf(sessions))
            .max(BigInteger.valueOf(LEAST_STEPS));
    BigInteger room = steps.cycle() ? steps.count() : steps.left(place);
    BigInteger margin = likely.max(unseen.min(room.divide(BigInteger.valueOf(SHARE))));
    return steps.cycle() ? margin.min(room.shiftRight(1)) : margin;
  }
}
