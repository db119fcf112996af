package io.understudy.failover.automatic;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SightingsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Duration MEMORY = Duration.ofMinutes(1);

  private final Sightings sightings = new Sightings();

  private static Observation by(String observer) {
    return new Observation(
        observer,
        Epoch.FIRST,
        new DatabaseName("north"),
        Duration.ZERO,
        "",
        Optional.empty(),
        Duration.ZERO,
        false);
  }

  @Test
  void anObservationIsAsOldAsTheLastOwnWordThatItsObserverHadRead() {
    sightings.own(10, 100 * SECOND);
    sightings.own(20, 110 * SECOND);
    sightings.take(by("a"), 19, 111 * SECOND);
    sightings.take(by("b"), 20, 111 * SECOND);

    assertThat(sightings.at(112 * SECOND, MEMORY))
        .extracting(Sighting::age)
        .containsExactly(Duration.ofSeconds(12), Duration.ofSeconds(2));
  }

  @Test
  void oneThatReadNothingOfOursMayBeOfAnyAge() {
    sightings.own(10, 100 * SECOND);
    sightings.take(by("a"), 9, 100 * SECOND);

    assertThat(sightings.at(100 * SECOND, MEMORY))
        .allMatch(it -> it.age().compareTo(Duration.ofHours(1)) > 0);
  }

  @Test
  void whoTakesItsLeaveOrIsSilentForLongIsForgotten() {
    sightings.take(by("a"), 0, 0);
    sightings.take(by("b"), 0, 0);
    sightings.take(by("c"), 0, 2 * SECOND);
    sightings.gone("a");

    assertThat(sightings.at(61 * SECOND, MEMORY))
        .extracting(it -> it.observation().observer())
        .containsExactly("c");
  }
}
