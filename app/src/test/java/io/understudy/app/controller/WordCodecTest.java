package io.understudy.app.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.failover.automatic.Observation;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WordCodecTest {
  private static final Observation SEEN =
      new Observation(
          "db7/4711",
          new Epoch(3),
          new DatabaseName("north"),
          Duration.ofMillis(5100),
          "refused",
          Optional.of(Instant.parse("2026-01-01T12:00:00Z")),
          Duration.ofMillis(700),
          true);

  @Test
  void whatWasSaidIsHeard() {
    WordCodec.Said said = new WordCodec.Said("db7/4711", 12, 40, Optional.of(SEEN));
    assertThat(WordCodec.decode(WordCodec.encode(said))).contains(said);

    WordCodec.Said leave = new WordCodec.Said("db7/4711", 13, -1, Optional.empty());
    assertThat(WordCodec.decode(WordCodec.encode(leave))).contains(leave);
  }

  @Test
  void whatNobodyUnderstandsIsLeftOut() {
    assertThat(WordCodec.decode("{}")).isEmpty();
    assertThat(WordCodec.decode("not JSON")).isEmpty();
  }
}
