package io.understudy.app.status;

import static io.understudy.app.status.FakeEnds.NORTH;
import static io.understudy.app.status.FakeEnds.SHOP;
import static io.understudy.app.status.FakeEnds.SOUTH;
import static io.understudy.app.status.FakeEnds.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.status.StatusReport.Answer.State;
import io.understudy.app.status.StatusReport.StandbyStatus;
import io.understudy.connectors.LogEnd;
import io.understudy.journal.Body;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.RoleReport;
import io.understudy.journal.postgres.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusSourceTest {
  private static final Duration GENEROUS = Duration.ofSeconds(30);

  private final AtomicReference<Instant> clock = new AtomicReference<>(START.plusSeconds(1));
  private final FakeEnds ends = FakeEnds.healthy();
  private StatusSource status =
      new StatusSource(SHOP, List.of(NORTH, SOUTH), NORTH, ends, clock::get, GENEROUS, GENEROUS);

  @AfterEach
  void close() {
    status.close();
  }

  @Test
  void saysWhoIsHowFarAndHowFarBehind() throws InterruptedException {
    StatusReport report = status.collect();

    assertThat(report.state()).isEqualTo("MIRRORING");
    assertThat(report.source()).contains(NORTH);
    assertThat(report.reader().state()).isEqualTo("STREAMING");
    assertThat(report.reader().journaled().orElseThrow().sequence().value()).isEqualTo(12);
    assertThat(report.reader().lag().bytes()).isEqualTo(OptionalLong.of(0x1000));
    assertThat(report.standbys()).containsOnlyKeys(SOUTH);
    assertThat(south(report).state()).isEqualTo("FOLLOWING");
    assertThat(south(report).lag())
        .isEqualTo(
            new Lag(
                Optional.of(Duration.ofSeconds(3)), OptionalLong.of(2), OptionalLong.of(0x2000)));
  }

  @Test
  void lagGrowsWhileTheReaderIsDead() throws InterruptedException {
    Duration before = seconds(status.collect());
    clock.set(START.plusSeconds(61));
    ends.logEnd = Optional.of(new LogEnd(Lsn.parse("0/3000"), START.plusSeconds(61)));

    StatusReport report = status.collect();

    assertThat(report.reader().state()).isEqualTo("DOWN");
    assertThat(report.reader().detail()).contains("silent for 61 s", "STREAMING");
    assertThat(seconds(report)).isEqualTo(before.plusSeconds(60));
  }

  @Test
  void lagGrowsWhileTheSourceIsAwayByItsOwnClock() throws InterruptedException {
    ends.logEnd = Optional.of(new LogEnd(Lsn.parse("0/3000"), START.plusSeconds(6)));
    Duration before = seconds(status.collect());
    ends.loseSource();
    clock.set(START.plusSeconds(11));

    StatusReport report = status.collect();

    assertThat(before).isEqualTo(Duration.ofSeconds(8));
    assertThat(seconds(report)).isEqualTo(Duration.ofSeconds(18));
    assertThat(report.reader().database().state()).isEqualTo(State.UNREACHABLE);
    assertThat(report.reader().database().detail()).contains("north does not accept connections");
    assertThat(south(report).lag().bytes()).as("up to the journal").hasValue(0x1000);
  }

  @Test
  void lagIsNeverNegative() throws InterruptedException {
    ends.loseSource();
    clock.set(START.minusSeconds(100));

    assertThat(seconds(status.collect())).isEqualTo(Duration.ZERO);
  }

  @Test
  void tellsWhatItKnowsWhileTheJournalIsAway() throws InterruptedException {
    ends.loseJournal();

    StatusReport report = status.collect();

    assertThat(report.state()).isEqualTo("UNKNOWN");
    assertThat(report.source()).isEmpty();
    assertThat(report.journal().detail()).isEqualTo("the brokers do not answer");
    assertThat(report.reader().state()).isEqualTo("UNKNOWN");
    assertThat(report.reader().journaled()).isEmpty();
    assertThat(seconds(report)).isEqualTo(Duration.ofSeconds(3));
    assertThat(south(report).lag().transactions()).isEmpty();
    assertThat(south(report).lag().bytes()).hasValue(0x2000);
  }

  @Test
  void showsNoOldMarksOfAStandbyThatDoesNotAnswer() throws InterruptedException {
    status.collect();
    ends.loseSouth();

    StandbyStatus south = south(status.collect());

    assertThat(south.state()).isEqualTo("UNUSABLE");
    assertThat(south.detail()).contains("password of south", "correct databases.south.password");
    assertThat(south.applied()).isEmpty();
    assertThat(south.lag()).isEqualTo(Lag.UNKNOWN);
  }

  @Test
  void tellsAStandbyWithoutACopy() throws InterruptedException {
    ends.applied.clear();

    assertThat(south(status.collect()).state()).isEqualTo("NOT_INITIALIZED");
  }

  @Test
  void tellsAMirrorThatWasNeverMade() throws InterruptedException {
    ends.facts = Optional.empty();
    ends.tail = Optional.empty();
    ends.roles.clear();

    StatusReport report = status.collect();

    assertThat(report.state()).isEqualTo("NOT_INITIALIZED");
    assertThat(report.reader().state()).isEqualTo("DOWN");
  }

  @Test
  void keepsShowingWhyARoleFailed() throws InterruptedException {
    ends.roles.clear();
    ends.roles.add(
        new RoleReport(RoleReport.READER, "host/1", "FAILED", "the slot is gone", START));
    clock.set(START.plusSeconds(3600));

    assertThat(status.collect().reader())
        .returns("FAILED", StatusReport.ReaderStatus::state)
        .returns("the slot is gone", StatusReport.ReaderStatus::detail);
  }

  @Test
  void countsATransactionOnlyWhenItsLastPieceIsThere() throws InterruptedException {
    ends.tail =
        Optional.of(
            FakeEnds.entry(13, "0/2000", START, new Body.Piece("771", 0, false, 0, List.of())));

    assertThat(status.collect().reader().journaled().orElseThrow().sequence().value())
        .isEqualTo(12);
  }

  @Test
  void asksTheNewSourceAfterAPromotion() throws InterruptedException {
    status.collect();
    ends.facts = Optional.of(FakeEnds.facts(2, SOUTH, MirrorFacts.State.PROMOTED));

    StatusReport report = status.collect();

    assertThat(report.source()).contains(SOUTH);
    assertThat(report.standbys()).containsOnlyKeys(NORTH);
    assertThat(report.reader().lag().bytes()).as("another log by now").isEmpty();
  }

  @Test
  void answersInTimeAndAsksOnceWhenTheSourceHangs() throws InterruptedException {
    status.close();
    FakeEnds hanging = FakeEnds.healthy();
    hanging.sourceHangs = true;
    status =
        new StatusSource(
            SHOP,
            List.of(NORTH, SOUTH),
            NORTH,
            hanging,
            clock::get,
            Duration.ofMillis(200),
            GENEROUS);
    long begun = System.nanoTime();

    StatusReport first = status.collect();
    StatusReport second = status.collect();

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    assertThat(first.reader().database().detail()).isEqualTo("no answer for 1 s");
    assertThat(second.reader().database().state()).isEqualTo(State.UNREACHABLE);
    assertThat(south(second).lag().time()).isPresent();
    assertThat(hanging.logEndsAsked).hasValue(1);
  }

  private static StandbyStatus south(StatusReport report) {
    return report.standbys().get(SOUTH);
  }

  private static Duration seconds(StatusReport report) {
    return south(report).lag().time().orElseThrow();
  }
}
