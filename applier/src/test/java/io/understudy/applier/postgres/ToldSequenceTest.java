package io.understudy.applier.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.postgres.SequenceSteps;
import io.understudy.journal.postgres.SequenceSteps.Place;
import org.junit.jupiter.api.Test;

class ToldSequenceTest {
  private static final int SESSIONS = 100;

  @Test
  void oneThatMovesGetsSeveralTimesWhatItWentInTheTimeSince() {
    ToldSequence told = told(5000, 5000);
    assertThat(told.margin(up(Long.MAX_VALUE), 0, SESSIONS).longValueExact())
        .isGreaterThanOrEqualTo(3 * 5000 * 10);
    assertThat(told.margin(up(Long.MAX_VALUE), 60, SESSIONS).longValueExact())
        .isGreaterThanOrEqualTo(3 * 5000 * 70);
  }

  @Test
  void aClockThatIsBehindTakesNothingAway() {
    assertThat(told(5000, 0).margin(up(Long.MAX_VALUE), -500, SESSIONS))
        .isEqualTo(told(5000, 0).margin(up(Long.MAX_VALUE), 0, SESSIONS));
  }

  @Test
  void whoLooksSeldomHasToLeaveMore() {
    ToldSequence seldom = new ToldSequence(new Place(10, true), 100, 0, 60);
    assertThat(seldom.margin(up(Long.MAX_VALUE), 0, SESSIONS).longValueExact())
        .isGreaterThanOrEqualTo(3 * 100 * 120);
  }

  @Test
  void weeksOfSilenceAreNotWeeksAtItsFastest() {
    long weeks = 14 * 86400;
    assertThat(
            told(100_000, 1).margin(up(Long.MAX_VALUE), (double) weeks, SESSIONS).longValueExact())
        .isGreaterThanOrEqualTo(3 * weeks)
        .isLessThan(3L * 100_000 * 700 + 4 * weeks);
  }

  @Test
  void oneThatStoodStillGetsTheReservesOfAllSessions() {
    ToldSequence still = ToldSequence.only(new Place(10, true));
    assertThat(still.margin(up(Long.MAX_VALUE), 5, SESSIONS)).isEqualTo(1000);
    SequenceSteps cached = new SequenceSteps(1, 1, Long.MAX_VALUE, false, 50);
    assertThat(still.margin(cached, 5, SESSIONS)).isEqualTo(5000);
  }

  @Test
  void oneThatStoodStillKeepsMostOfWhatIsLeft() {
    assertThat(ToldSequence.only(new Place(40, true)).margin(up(100), 5, SESSIONS)).isEqualTo(6);
    assertThat(told(1, 1).margin(up(100), 5, SESSIONS).longValueExact()).isGreaterThan(60);
  }

  @Test
  void aCycleIsNotGoneAroundToWhereItWas() {
    SequenceSteps cycle = new SequenceSteps(1, 1, 1000, true, 1);
    assertThat(told(5000, 5000).margin(cycle, 0, SESSIONS)).isEqualTo(500);
    assertThat(ToldSequence.only(new Place(990, true)).margin(cycle, 0, SESSIONS)).isEqualTo(100);
  }

  private static SequenceSteps up(long max) {
    return new SequenceSteps(1, 1, max, false, 1);
  }

  private static ToldSequence told(double peak, double average) {
    return new ToldSequence(new Place(40, true), peak, average, 2);
  }
}
