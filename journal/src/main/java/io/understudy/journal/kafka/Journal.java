package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.util.List;
import java.util.Optional;

/**
 * One mirror's journal. Safe for use by several threads; what it hands out is not. Every method
 * throws {@link MirrorException} by its kind, within the {@link JournalLimits}: transient when the
 * brokers are away, operator when the topic or the settings have to be changed. Connections are
 * made as they are needed.
 */
public final class Journal implements AutoCloseable {
  private Journal() {}

  public static Journal connect(MirrorName mirror, KafkaSettings settings, JournalLimits limits) {
    return Stub.soon();
  }

  /**
   * Makes those of the two topics that are not there, with the right settings, and checks both.
   *
   * @return the journal topic's id
   */
  public String create() {
    return Stub.soon();
  }

  /**
   * Refuses brokers and topics on which the journal's promises would not hold.
   *
   * @return the journal topic's id
   */
  public String check() {
    return Stub.soon();
  }

  /** What is allowed but weakens the promises, a sentence each: fewer than three copies, … */
  public List<String> warnings() {
    return Stub.soon();
  }

  /** The last record; empty if there is none. */
  public Optional<JournalEntry> tail() {
    return Stub.soon();
  }

  /** The offset of the oldest record that is kept, or of the next one if there is none. */
  public long firstOffset() {
    return Stub.soon();
  }

  /**
   * Takes the journal over from whoever writes to it: from here on that one cannot append. The
   * writer must {@link JournalWriter#claim} it before appending.
   *
   * @param topicId of the topic that the mirror was made with
   * @throws MirrorException.Invariant if the topic is another one by now
   */
  public JournalWriter takeOver(String topicId) {
    return Stub.soon();
  }

  /**
   * Opens the journal for reading.
   *
   * @param topicId of the topic in which {@code fromOffset} counts
   * @param fromOffset of the first record wanted; one behind the last record read before
   * @throws MirrorException.Invariant if the topic is another one by now, or does not keep that
   *     record any more
   */
  public JournalReader open(String topicId, long fromOffset) {
    return Stub.soon();
  }

  /** The mirror's small facts. */
  public StateStore state() {
    return Stub.soon();
  }

  /** Ends its own connections; writers, readers and stores are closed by who opened them. */
  @Override
  public void close() {
    Stub.soon();
  }
}
