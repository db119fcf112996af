package io.understudy.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.understudy.journal.Body;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Readers that fail, die, stall and replace each other at random, one call at a time. Whatever
 * happens, the journal holds each transaction of the source exactly once and in order; and as soon
 * as one of them is left alone, it finishes. None takes the journal back from one that has claimed
 * it since, and none is sent away when there is nobody.
 */
class JournalProtocolTest {
  private static final int RUNS = Integer.getInteger("journal.protocol.runs", 200);
  private static final long TRANSACTIONS = 25;

  @Test
  void holdsEveryTransactionOnceWhateverHappensToTheReaders() {
    for (long seed = 0; seed < RUNS; seed++) {
      try {
        run(seed);
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + " (run(" + seed + ") repeats it)", e);
      }
    }
  }

  private static void run(long seed) {
    Random dice = new Random(seed);
    SimulatedLog log = new SimulatedLog(dice, dice.nextDouble() * 0.3);
    List<SimulatedReader> alive = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      if (alive.isEmpty() || dice.nextInt(60) == 0) {
        alive.add(new SimulatedReader(log, dice, TRANSACTIONS));
      }
      // The others stand still meanwhile, as if stopped.
      int turn = dice.nextInt(alive.size());
      SimulatedReader reader = alive.get(turn);
      SimulatedReader.End end = reader.step();
      if (end != SimulatedReader.End.NOT_YET || dice.nextInt(50) == 0) {
        // Ended, or killed.
        alive.remove(turn);
      }
    }
    log.healthy();
    SimulatedReader last = new SimulatedReader(log, dice, TRANSACTIONS);
    for (int step = 0; last.step() != SimulatedReader.End.DONE; step++) {
      if (step > 10 * TRANSACTIONS * 4) {
        fail("a reader that was left alone did not finish");
      }
    }
    assertExactlyOnce(log.records());
  }

  /** Reads the journal as an applier would, with nothing of the product but the records. */
  private static void assertExactlyOnce(List<JournalRecord> records) {
    List<Long> complete = new ArrayList<>();
    List<Integer> pieces = new ArrayList<>();
    Sequence open = Sequence.ZERO;
    long term = 0;
    for (JournalRecord record : records) {
      assertThat(record.term()).isBetween(Math.max(1, term), term + 1);
      term = record.term();
      if (!(record.body() instanceof Body.Piece piece)) {
        pieces.clear();
        continue;
      }
      if (piece.piece() == 0) {
        pieces.clear();
        open = record.sequence();
      }
      assertThat(record.sequence()).isEqualTo(open);
      assertThat(piece.piece()).isEqualTo(pieces.size());
      assertThat(piece.sourceTransaction()).isEqualTo(open.toString());
      pieces.add(piece.piece());
      if (piece.last()) {
        assertThat(pieces).hasSize(SimulatedReader.pieces(open.value()));
        assertThat(record.position()).isEqualTo(Transactions.position(open.value()));
        complete.add(open.value());
        pieces.clear();
      }
    }
    assertThat(complete).isEqualTo(LongStream.rangeClosed(1, TRANSACTIONS).boxed().toList());
  }
}
