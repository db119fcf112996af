package io.understudy.failover.automatic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private static final long SECOND = 1_000_000_000L;

  private final Silence silence = new Silence(Duration.ofSeconds(3));

  private void probes(int from, int to) {
    for (int at = from; at <= to; at++) {
      silence.probe(at * SECOND);
    }
  }

  @Test
  void countsFromTheFirstProbeThatWasNotAnswered() {
    probes(1, 3);
    silence.answered();
    assertThat(silence.at(3 * SECOND)).isZero();

    probes(4, 9);
    assertThat(silence.at(9 * SECOND)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void anAnswerThatIsLateIsAnAnswer() {
    for (int at = 1; at < 20; at++) {
      silence.probe(at * SECOND);
      if (at > 4) {
        silence.answered(); // to the probe of four seconds ago
      }
      assertThat(silence.at(at * SECOND + SECOND - 1)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void whatAnObserverThatStoodStillDidNotLookAtIsNoSilence() {
    probes(1, 3);
    assertThat(silence.at(60 * SECOND)).isZero();

    silence.probe(60 * SECOND);
    assertThat(silence.at(61 * SECOND)).isEqualTo(Duration.ofSeconds(1));
  }
}
