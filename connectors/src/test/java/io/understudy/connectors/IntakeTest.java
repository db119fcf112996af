package io.understudy.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.Body;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.Sequence;
import io.understudy.journal.postgres.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntakeTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration LONG = Duration.ofHours(1);

  private final Deque<List<LogEvent>> batches = new ArrayDeque<>();
  private final Assembler assembler =
      new Assembler(
          new JournalRecord(
              new MirrorName("m"),
              Epoch.FIRST,
              1,
              Sequence.ZERO,
              new Lsn(100),
              NOON,
              new Body.Marker(Body.Marker.BEGIN)),
          1024,
          Duration.ZERO,
          (sequence, position, commitTime, body) -> {});

  @Test
  void takesAllThatIsThere() throws InterruptedException {
    batches.addAll(List.of(transaction(110), transaction(120), transaction(130)));

    assertThat(new Intake(new Batches(true), assembler, LONG).take(LONG)).isTrue();

    assertThat(batches).isEmpty();
    assertThat(assembler.position()).isEqualTo(new Lsn(130));
  }

  @Test
  void leavesTheRestForTheNextCommitWhenItsTimeIsOver() throws InterruptedException {
    batches.addAll(List.of(transaction(110), transaction(120)));
    Intake intake = new Intake(new Batches(true), assembler, Duration.ZERO);

    assertThat(intake.take(LONG)).isTrue();
    assertThat(assembler.position()).isEqualTo(new Lsn(110));
    assertThat(intake.take(LONG)).isTrue();
    assertThat(assembler.position()).isEqualTo(new Lsn(120));
    assertThat(intake.take(LONG)).isFalse();
  }

  @Test
  void asksALogThatCannotTellOnlyOnce() throws InterruptedException {
    batches.addAll(List.of(transaction(110), transaction(120)));

    new Intake(new Batches(false), assembler, LONG).take(LONG);

    assertThat(assembler.position()).isEqualTo(new Lsn(110));
  }

  private static List<LogEvent> transaction(long position) {
    return List.of(new LogEvent.Begin("t"), new LogEvent.Commit(new Lsn(position), NOON));
  }

  /** A log whose polls return one batch each. */
  private final class Batches implements SourceLog {
    private final boolean tells;

    Batches(boolean tells) {
      this.tells = tells;
    }

    @Override
    public List<LogEvent> poll(Duration timeout) {
      return batches.isEmpty() ? List.of() : batches.remove();
    }

    @Override
    public boolean hasMore() {
      return tells && !batches.isEmpty();
    }

    @Override
    public void acknowledge(Position durable) {}

    @Override
    public void close() {}
  }
}
