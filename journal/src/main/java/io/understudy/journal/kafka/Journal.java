package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * One mirror's journal. Safe for use by several threads; what it hands out is not. Every method
 * throws {@link MirrorException} by its kind, within the {@link JournalLimits}: transient when the
 * brokers are away, operator when the topic or the settings have to be changed. Connections are
 * made as they are needed.
 */
public final class Journal implements AutoCloseable {
  private final MirrorName mirror;
  private final JournalLimits limits;
  private final Clients clients;
  private final Brokers brokers;
  private final JournalTopics topics;

  private Journal(MirrorName mirror, KafkaSettings settings, JournalLimits limits) {
    this.mirror = mirror;
    this.limits = limits;
    this.clients = new Clients(mirror, settings, limits);
    this.brokers = new Brokers(clients, limits);
    this.topics = new JournalTopics(mirror, settings, brokers, limits);
  }

  public static Journal connect(MirrorName mirror, KafkaSettings settings, JournalLimits limits) {
    return new Journal(mirror, settings, limits);
  }

  /**
   * Makes those of the two topics that are not there, with the right settings, and checks both.
   *
   * @return the journal topic's id
   */
  public String create() {
    createMissing();
    return check();
  }

  /** The same without a look at what is there already: for a journal that will be replaced. */
  public void createMissing() {
    topics.create();
  }

  /**
   * Replaces the journal topic by an empty one; what was in it is gone. Standbys that were applied
   * from it refuse to go on.
   *
   * @return the new topic's id
   */
  public String recreate() {
    topics.deleteJournal();
    return create();
  }

  /**
   * Refuses brokers and topics on which the journal's promises would not hold.
   *
   * @return the journal topic's id
   */
  public String check() {
    topics.check();
    return topics.id();
  }

  public MirrorName mirror() {
    return mirror;
  }

  /**
   * The same for the journal of a mirror that is made. A topic that is not its own is refused as
   * such, whatever its settings.
   *
   * @param topicId of the topic that the mirror was made with
   * @throws MirrorException.Invariant if the topic is another one by now
   */
  public void check(String topicId) {
    topics.requireId(topicId);
    topics.check();
  }

  /** What is allowed but weakens the promises, a sentence each: fewer than three copies, … */
  public List<String> warnings() {
    return topics.warnings();
  }

  /** Whether the mirror's topics are there. Changes nothing. */
  public boolean exists() {
    return topics.exist();
  }

  /**
   * Checks the brokers, and the topics if they are there. Changes nothing.
   *
   * @throws MirrorException.Operator if the journal cannot be on them
   */
  public void requireFitBrokers() {
    topics.requireFitBrokers();
  }

  /** As {@link #warnings()}, of the topics that are there or those that would be made. */
  public List<String> prospects() {
    return topics.prospects();
  }

  /**
   * The last record that readers see, without its changes; empty if there is none. What was just
   * committed shows within milliseconds, not at once.
   */
  public Optional<JournalEntry> tail() {
    topics.id();
    return KafkaLog.tail(clients, mirror, limits).entry();
  }

  /** For who asks for the {@link #tail()} all the time. */
  public JournalEnd end() {
    return new JournalEnd(mirror, clients, limits);
  }

  /** The offset of the oldest record that is kept, or of the next one if there is none. */
  public long firstOffset() {
    topics.id();
    TopicPartition journal = new TopicPartition(mirror.journalTopic(), 0);
    ListOffsetsResultInfo first =
        brokers.ask(
            "reading the beginning of topic " + journal.topic(),
            admin ->
                admin
                    .listOffsets(java.util.Map.of(journal, OffsetSpec.earliest()))
                    .partitionResult(journal));
    return first.offset();
  }

  /**
   * Takes the journal over from whoever writes to it: from here on that one cannot append. The
   * writer must {@link JournalWriter#claim} it before appending.
   *
   * @param topicId of the topic that the mirror was made with
   * @throws MirrorException.Invariant if the topic is another one by now
   */
  public JournalWriter takeOver(String topicId) {
    KafkaLog log = new KafkaLog(mirror, topicId, clients, brokers, topics, limits);
    return JournalWriter.takeOver(mirror, log, Optional.empty(), limits.claim());
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
    return open(Continuity.between(mirror), topicId, fromOffset);
  }

  /**
   * As {@link #open}, also in the middle of a transaction, whose former pieces do not come then: at
   * the end of the journal while a large one is being written, at its beginning if retention cut
   * one in two.
   */
  public JournalReader openAnywhere(String topicId, long fromOffset) {
    return open(Continuity.anywhere(mirror), topicId, fromOffset);
  }

  private JournalReader open(Continuity continuity, String topicId, long fromOffset) {
    return JournalReader.open(mirror, continuity, topicId, fromOffset, topics, clients, limits);
  }

  /** The mirror's small facts. */
  public StateStore state() {
    return new StateStore(mirror, clients, topics, limits);
  }

  /** Takes the right to change who is the source from whoever has it. */
  public StateControl control() {
    return StateControl.take(mirror, clients, topics);
  }

  /** Joins those who watch the source, and of whom one leads. Makes their topic if need be. */
  public Council council() {
    topics.createObservations();
    return Council.join(mirror, clients);
  }

  /** Ends its own connections; writers, readers and stores are closed by who opened them. */
  @Override
  public void close() {
    brokers.close();
  }
}
