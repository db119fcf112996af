package io.understudy.failover.automatic;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeciderTest {
  private static final DatabaseName NORTH = new DatabaseName("north");
  private static final DatabaseName SOUTH = new DatabaseName("south");
  private static final DatabaseName WEST = new DatabaseName("west");
  private static final Instant SEEN = Instant.parse("2026-01-01T12:00:00Z");
  private static final Rule RULE =
      new Rule(
          Duration.ofSeconds(5),
          2,
          Duration.ofSeconds(10),
          Duration.ofMinutes(10),
          Duration.ofSeconds(3),
          Duration.ofMinutes(1));

  private final List<Sighting> sightings = new ArrayList<>();
  private final List<Candidate> candidates = new ArrayList<>(List.of(standby(SOUTH, 1)));
  private Optional<String> underWay = Optional.empty();
  private Optional<Duration> sinceLast = Optional.empty();

  private static Candidate standby(DatabaseName name, int lag) {
    return new Candidate(name, Optional.of(SEEN.minusSeconds(lag)), Optional.empty());
  }

  private static Observation observation(String observer, double silent, double still) {
    return new Observation(
        observer,
        Epoch.FIRST,
        NORTH,
        Duration.ofMillis((long) (silent * 1000)),
        silent > 0 ? "refused" : "answers",
        Optional.of(SEEN),
        Duration.ofMillis((long) (still * 1000)),
        true);
  }

  private void sees(String observer, double silent, double still) {
    sees(observation(observer, silent, still), Duration.ofMillis(300));
  }

  private void sees(Observation observation, Duration age) {
    sightings.removeIf(it -> it.observation().observer().equals(observation.observer()));
    sightings.add(new Sighting(observation, age, age));
  }

  private Decision decide() {
    return new Decider(RULE)
        .decide(new Situation(Epoch.FIRST, NORTH, underWay, sinceLast, sightings, candidates));
  }

  private void assertPromotes(DatabaseName target) {
    assertThat(decide())
        .isInstanceOfSatisfying(
            Decision.Promotion.class, it -> assertThat(it.target()).isEqualTo(target));
  }

  private void assertBlocked(String because) {
    assertThat(decide())
        .isInstanceOfSatisfying(
            Decision.Blocked.class, it -> assertThat(it.reason()).contains(because));
  }

  @Test
  void nothingFollowsFromASourceThatAnswers() {
    sees("a", 0, 0.5);
    sees("b", 0, 0.5);

    assertThat(decide()).isInstanceOf(Decision.Nothing.class);
  }

  @Test
  void aMajorityThatSawItDeadForTheWholeWindowPromotes() {
    sees("a", 5, 5.5);
    sees("b", 5.1, 5.5);
    sees("c", 0, 5.5);

    assertPromotes(SOUTH);
    assertThat(decide().reason())
        .contains("2 of 3 observers", "a: refused for 5.0 s", "1.0 s behind");
  }

  @Test
  void oneThatCannotReachItIsNoMajority() {
    sees("a", 60, 60);
    sees("b", 0, 0.5);
    sees("c", 0, 0.5);

    assertThat(decide()).isInstanceOf(Decision.Suspicion.class);
    sees("b", 0, 60);
    sees("c", 4.9, 60);
    assertThat(decide()).isInstanceOf(Decision.Suspicion.class);
  }

  @Test
  void oneAloneIsTooFewThoughItIsAllThereAre() {
    sees("a", 60, 60);

    assertThat(decide().reason()).contains("1 of 1 observers", "2 are needed");
  }

  @Test
  void thoseThatFellSilentCountAmongAllAndAgreeWithNobody() {
    sees("a", 60, 60);
    sees("b", 60, 60);
    sees(observation("c", 60, 60), Duration.ofSeconds(10));
    sees(observation("d", 60, 60), Duration.ofSeconds(10));

    assertThat(decide()).isInstanceOf(Decision.Suspicion.class);
    sees(observation("d", 60, 60), Duration.ofSeconds(61));
    assertPromotes(SOUTH);
  }

  @Test
  void whatCameThroughTheJournalWithinTheWindowOutweighsAllProbes() {
    sees("a", 60, 4.9);
    sees("b", 60, 60);
    sees("c", 60, 60);

    assertThat(decide().reason()).contains("the journal got something of it");
  }

  @Test
  void anObserverThatWatchesTheJournalForLessThanTheWindowDoesNotAgree() {
    Observation young =
        new Observation(
            "a",
            Epoch.FIRST,
            NORTH,
            Duration.ofSeconds(60),
            "refused",
            Optional.of(SEEN),
            Duration.ofSeconds(3),
            false);
    sees(young, Duration.ZERO);
    sees("b", 60, 60);

    assertThat(decide().reason()).contains("1 of 2 observers");
  }

  @Test
  void thoseThatLookAtAnotherEpochsSourceDoNotAgree() {
    sees("a", 60, 60);
    Observation other =
        new Observation(
            "b",
            Epoch.FIRST.next(),
            NORTH,
            Duration.ofSeconds(60),
            "refused",
            Optional.of(SEEN),
            Duration.ofSeconds(60),
            true);
    sees(other, Duration.ZERO);

    assertThat(decide()).isInstanceOf(Decision.Suspicion.class);
  }

  @Test
  void takesTheStandbyThatIsLeastBehindAndTheFirstOfEquals() {
    sees("a", 60, 60);
    sees("b", 60, 60);
    candidates.add(standby(WEST, 0));
    assertPromotes(WEST);

    candidates.set(1, standby(WEST, 1));
    assertPromotes(SOUTH);

    candidates.set(0, new Candidate(SOUTH, Optional.empty(), Optional.of("is paused")));
    assertPromotes(WEST);
  }

  @Test
  void aStandbyThatIsTooFarBehindIsNone() {
    sees("a", 60, 60);
    sees("b", 60, 60);
    candidates.set(0, standby(SOUTH, 11));
    candidates.add(new Candidate(WEST, Optional.empty(), Optional.of("is paused")));

    assertBlocked("south is 11.0 s behind, more than 10.0 s; west is paused");
  }

  @Test
  void nobodyKnowsTheLagOfASourceThatNobodySawAlive() {
    for (String observer : List.of("a", "b")) {
      sees(
          new Observation(
              observer,
              Epoch.FIRST,
              NORTH,
              Duration.ofSeconds(60),
              "refused",
              Optional.empty(),
              Duration.ofSeconds(60),
              false),
          Duration.ZERO);
    }

    assertBlocked("no observer has seen it alive");
  }

  @Test
  void waitsForTheHoldDownAndForWhatIsUnderWay() {
    sees("a", 60, 60);
    sees("b", 60, 60);
    sinceLast = Optional.of(Duration.ofMinutes(9));
    assertBlocked("within the hold-down");

    sinceLast = Optional.of(Duration.ofMinutes(10));
    assertPromotes(SOUTH);

    underWay = Optional.of("the mirror is in state CLOSING");
    assertBlocked("CLOSING");
  }
}
