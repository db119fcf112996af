package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.codec.EncodedRecord;
import io.understudy.journal.codec.RecordCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * A log with Kafka's rules and a dice: any call may fail, before or after it did what was asked,
 * and a commit whose answer was lost may still arrive later, until somebody takes over.
 */
final class SimulatedLog implements JournalLog {
  private final Random dice;
  private final RecordCodec codec = new RecordCodec();
  private final List<Tail> committed = new ArrayList<>();
  private final List<Object> writtenBy = new ArrayList<>();
  private Object actor;
  private double faults;
  private SimulatedHolding holder;
  private Runnable delayed = () -> {};
  private long nextOffset;

  SimulatedLog(Random dice, double faults) {
    this.dice = dice;
    this.faults = faults;
  }

  /** Whose step comes next. */
  void turnOf(Object reader) {
    actor = reader;
  }

  int size() {
    return committed.size();
  }

  boolean othersWroteSince(int size, Object reader) {
    return writtenBy.subList(size, writtenBy.size()).stream().anyMatch(by -> by != reader);
  }

  void healthy() {
    faults = 0;
  }

  List<JournalRecord> records() {
    return committed.stream().map(tail -> tail.entry().orElseThrow().record()).toList();
  }

  @Override
  public Tail tail() {
    mayFail("tail");
    return last();
  }

  @Override
  public Tail settledTail() {
    mayFail("settled tail");
    return last();
  }

  @Override
  public Holding takeOver() {
    mayFail("take over, not done");
    arriveLate(0.5);
    // From here on nothing of the former holder counts.
    delayed = () -> {};
    holder = new SimulatedHolding();
    mayFail("take over, done");
    return holder;
  }

  private Tail last() {
    arriveLate(0.2);
    return committed.isEmpty()
        ? new Tail(Optional.empty(), Optional.empty(), nextOffset)
        : committed.get(committed.size() - 1);
  }

  private void arriveLate(double chance) {
    if (dice.nextDouble() < chance) {
      delayed.run();
      delayed = () -> {};
    }
  }

  private void mayFail(String operation) {
    if (dice.nextDouble() < faults) {
      throw new MirrorException.Transient("simulated: " + operation, null);
    }
  }

  private record Sent(JournalRecord record, Optional<UUID> claim) {}

  private final class SimulatedHolding implements Holding {
    private final Object owner = actor;
    private List<Sent> open = new ArrayList<>();
    private boolean usable = true;

    @Override
    public int maxRecordBytes() {
      return 1_000_000;
    }

    @Override
    public void append(EncodedRecord record, Optional<UUID> claim) {
      requireUsable();
      // As with Kafka, being fenced mostly shows only when committing.
      if (dice.nextBoolean()) {
        requireHeld();
      }
      open.add(new Sent(codec.decode(record.bytes(), nextOffset), claim));
      failing("append");
    }

    @Override
    public Appended commit() {
      requireUsable();
      requireHeld();
      List<Sent> sent = open;
      open = new ArrayList<>();
      if (dice.nextDouble() < faults) {
        usable = false;
        switch (dice.nextInt(3)) {
          case 0 -> {}
          case 1 -> store(sent);
          default -> delayed = () -> store(sent);
        }
        throw new MirrorException.Transient("simulated: commit, outcome not known", null);
      }
      store(sent);
      JournalEntry last = last().entry().orElseThrow();
      return new Appended(last.offset(), last.appended());
    }

    @Override
    public void close() {
      usable = false;
    }

    @Override
    public void drop() {
      usable = false;
    }

    private void failing(String operation) {
      try {
        mayFail(operation);
      } catch (MirrorException e) {
        usable = false;
        throw e;
      }
    }

    private void requireUsable() {
      if (!usable) {
        throw new AssertionError("a writer went on after it had failed");
      }
    }

    private void requireHeld() {
      if (holder != this) {
        usable = false;
        throw new Lost("simulated: fenced", null);
      }
    }

    private void store(List<Sent> sent) {
      for (Sent one : sent) {
        long offset = nextOffset++;
        JournalEntry entry = new JournalEntry(offset, Instant.EPOCH, one.record());
        committed.add(new Tail(Optional.of(entry), one.claim(), offset + 1));
        writtenBy.add(owner);
      }
      // The control record of the commit.
      nextOffset++;
    }
  }
}
