package io.understudy.journal.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.postgres.SequenceSteps.Place;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceStepsTest {
  private static final Duration WHILE = Duration.ofSeconds(2);

  @Test
  void countsIncrementsInBothDirections() {
    assertThat(steps(1, 1, Long.MAX_VALUE, false).between(at(5), at(12), WHILE)).isEqualTo(7);
    assertThat(steps(10, 1, 1000, false).between(at(1), at(31), WHILE)).isEqualTo(3);
    assertThat(steps(-2, -100, -1, false).between(at(-1), at(-9), WHILE)).isEqualTo(4);
  }

  @Test
  void theFirstValueIsAStep() {
    SequenceSteps up = steps(1, 1, 1000, false);
    assertThat(up.between(new Place(1, false), at(1), WHILE)).isEqualTo(1);
    assertThat(up.between(new Place(1, false), at(3), WHILE)).isEqualTo(3);
    assertThat(up.between(at(3), new Place(5, false), WHILE)).isEqualTo(1);
  }

  @Test
  void goesOnBehindTheEndOfACycle() {
    assertThat(steps(1, 1, 10, true).between(at(9), at(2), WHILE)).isEqualTo(3);
    assertThat(steps(-5, 0, 20, true).between(at(5), at(15), WHILE)).isEqualTo(3);
  }

  @Test
  void oneThatWasSetBackOrFarAwayTellsNothingOfItsPace() {
    assertThat(steps(1, 1, Long.MAX_VALUE, false).between(at(500), at(10), WHILE)).isZero();
    assertThat(steps(1, 1, Long.MAX_VALUE, false).between(at(1), at(1L << 40), WHILE)).isZero();
    assertThat(
            steps(1, Long.MIN_VALUE, Long.MAX_VALUE, true)
                .between(at(Long.MAX_VALUE), at(Long.MIN_VALUE), WHILE))
        .isEqualTo(1);
    assertThat(
            steps(1, Long.MIN_VALUE, Long.MAX_VALUE, false)
                .between(at(Long.MIN_VALUE), at(Long.MAX_VALUE), WHILE))
        .isZero();
  }

  @Test
  void reservesOfManySessionsAreNoJump() {
    SequenceSteps cached = new SequenceSteps(1, 1, Long.MAX_VALUE, false, 100_000);
    assertThat(cached.between(at(0), at(50_000_000), WHILE)).isEqualTo(50_000_000);
  }

  @Test
  void handsOutWhatComesAfterSomeMore() {
    SequenceSteps up = steps(1, 1, 100, false);
    assertThat(up.next(at(5), big(0))).contains(6L);
    assertThat(up.next(at(5), big(10))).contains(16L);
    assertThat(up.next(new Place(5, false), big(0))).contains(5L);
    assertThat(up.next(new Place(5, false), big(10))).contains(15L);
    assertThat(steps(-2, -9, -1, false).next(at(-3), big(1))).contains(-7L);
    assertThat(steps(10, 1, 35, false).next(at(21), big(0))).contains(31L);
  }

  @Test
  void endsAtItsBound() {
    SequenceSteps up = steps(1, 1, 100, false);
    assertThat(up.next(at(5), big(94))).contains(100L);
    assertThat(up.next(at(5), big(95))).isEmpty();
    assertThat(up.next(at(100), big(0))).isEmpty();
    assertThat(up.next(new Place(100, false), big(0))).contains(100L);
    assertThat(steps(10, 1, 35, false).next(at(31), big(0))).isEmpty();
    assertThat(steps(-2, -9, -1, false).next(at(-9), big(0))).isEmpty();
    assertThat(
            steps(1, Long.MIN_VALUE, Long.MAX_VALUE, false)
                .next(at(Long.MIN_VALUE), BigInteger.ONE.shiftLeft(64)))
        .isEmpty();
  }

  /** Step by step, as the server goes. */
  @Test
  void aCycleBeginsAnewAtTheOtherBound() {
    for (SequenceSteps cycle : List.of(steps(3, -2, 12, true), steps(-4, -2, 12, true))) {
      List<Long> handedOut = new ArrayList<>();
      long value = cycle.rises() ? 1 : 7;
      for (int i = 0; i < 40; i++) {
        handedOut.add(value);
        value += cycle.increment();
        if (value > 12 || value < -2) {
          value = cycle.rises() ? -2 : 12;
        }
      }
      for (int passed = 0; passed < 39; passed++) {
        assertThat(cycle.next(at(handedOut.get(0)), big(passed)))
            .contains(handedOut.get(passed + 1));
      }
    }
  }

  @Test
  void knowsWhatIsLeft() {
    assertThat(steps(1, 1, 100, false).left(at(40))).isEqualTo(60);
    assertThat(steps(-3, 1, 100, false).left(at(40))).isEqualTo(13);
    assertThat(steps(1, 1, 100, false).left(at(101))).isZero();
    assertThat(steps(7, 1, 100, false).count()).isEqualTo(15);
  }

  private static BigInteger big(long value) {
    return BigInteger.valueOf(value);
  }

  private static SequenceSteps steps(long increment, long min, long max, boolean cycle) {
    return new SequenceSteps(increment, min, max, cycle, 1);
  }

  private static Place at(long last) {
    return new Place(last, true);
  }
}
