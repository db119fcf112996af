package io.understudy.journal.kafka;

import static io.understudy.journal.kafka.Transactions.sequences;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker is killed with -9 at random moments while records are sent and committed. The writer
 * takes over again and goes on behind the tail, a reader opens again behind what it has: nothing is
 * lost or doubled on either side.
 */
class UnknownOutcomeIT {
  private static final int KILLS = 4;
  private static final int ENOUGH = 200;
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @Test
  void isDecidedByTheTail(@TempDir Path directory) throws Exception {
    long seed = System.nanoTime();
    System.out.println("UnknownOutcomeIT seed " + seed);
    try (JournalFixture fixture = new JournalFixture(directory);
        Journal journal = fixture.journal(fixture.newMirror())) {
      String topicId = fixture.begun(journal, 0);
      Killer killer = new Killer(fixture, new Random(seed));
      Reading reading = new Reading(journal, topicId);
      Thread killing = new Thread(killer, "killer");
      Thread follower = new Thread(reading, "follower");
      killing.start();
      follower.start();
      try {
        long written = write(journal, topicId, killing, new Random(seed + 1));
        killing.join(LIMIT.toMillis());
        reading.upTo = written;
        follower.join(LIMIT.toMillis());
        List<Long> expected = LongStream.rangeClosed(1, written).boxed().toList();
        assertThat(reading.failure).isNull();
        assertThat(reading.seen).isEqualTo(expected);
        assertThat(sequences(fixture.readAll(journal, topicId, 0))).isEqualTo(expected);
        assertThat(killer.done).hasValue(KILLS);
      } finally {
        killing.interrupt();
        follower.interrupt();
        killing.join();
        follower.join();
      }
    }
  }

  /** Until the killer is done, and then some. Returns the last sequence. */
  private static long write(Journal journal, String topicId, Thread killer, Random dice) {
    Deadline deadline = Deadline.in(LIMIT);
    JournalWriter writer = journal.takeOver(topicId);
    boolean claimed = false;
    long next = 1;
    long enough = Long.MAX_VALUE;
    while (next <= enough) {
      assertThat(deadline.passed()).as("still at %s after %s", next, LIMIT).isFalse();
      try {
        if (!claimed) {
          writer.claim(Epoch.FIRST);
          JournalRecord tail = writer.tail().orElseThrow().record();
          next = tail.complete().value() + 1;
          claimed = true;
        }
        long to = next + dice.nextInt(20);
        Transactions.append(writer, next, to);
        writer.commit();
        next = to + 1;
      } catch (MirrorException.Transient e) {
        writer = again(writer, deadline);
        claimed = false;
      }
      if (!killer.isAlive() && enough == Long.MAX_VALUE) {
        enough = next + ENOUGH;
      }
    }
    writer.close();
    return next - 1;
  }

  private static JournalWriter again(JournalWriter writer, Deadline deadline) {
    while (true) {
      try {
        return writer.takeOverAgain();
      } catch (MirrorException.Transient e) {
        assertThat(deadline.passed()).isFalse();
        deadline.pause(Duration.ofMillis(200), "taking over again");
      }
    }
  }

  private static final class Killer implements Runnable {
    private final JournalFixture fixture;
    private final Random dice;
    private final AtomicInteger done = new AtomicInteger();

    Killer(JournalFixture fixture, Random dice) {
      this.fixture = fixture;
      this.dice = dice;
    }

    @Override
    public void run() {
      try {
        while (done.get() < KILLS) {
          Thread.sleep(1000 + dice.nextInt(2000));
          long pid = fixture.broker().pid();
          fixture.kill();
          fixture.awaitRestart(pid);
          done.incrementAndGet();
        }
      } catch (InterruptedException e) {
        // The test is over.
      }
    }
  }

  private static final class Reading implements Runnable {
    private final Journal journal;
    private final String topicId;
    private final List<Long> seen = new ArrayList<>();
    private volatile long upTo = Long.MAX_VALUE;
    private volatile Throwable failure;
    private long nextOffset;

    Reading(Journal journal, String topicId) {
      this.journal = journal;
      this.topicId = topicId;
    }

    @Override
    public void run() {
      try {
        while (seen.size() < upTo && !Thread.currentThread().isInterrupted()) {
          try (JournalReader reader = journal.open(topicId, nextOffset)) {
            read(reader);
          } catch (MirrorException.Transient e) {
            Thread.sleep(200);
          }
        }
      } catch (InterruptedException e) {
        // The test is over.
      } catch (RuntimeException | AssertionError e) {
        failure = e;
      }
    }

    private void read(JournalReader reader) {
      while (seen.size() < upTo && !Thread.currentThread().isInterrupted()) {
        reader
            .poll(Duration.ofMillis(200))
            .forEach(
                entry -> {
                  seen.addAll(sequences(List.of(entry)));
                  nextOffset = entry.offset() + 1;
                });
      }
    }
  }
}
