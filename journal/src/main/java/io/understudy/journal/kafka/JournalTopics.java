package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The mirror's two topics: makes them, and refuses what exists but would break a promise. Says for
 * each refusal what breaks, and the command that mends it.
 */
final class JournalTopics {
  private static final int SAFE_COPIES = 3;
  private static final int TRANSACTION_PROTOCOL = 2;

  private final MirrorName mirror;
  private final KafkaSettings settings;
  private final Brokers brokers;
  private final JournalLimits limits;

  JournalTopics(MirrorName mirror, KafkaSettings settings, Brokers brokers, JournalLimits limits) {
    this.mirror = mirror;
    this.settings = settings;
    this.brokers = brokers;
    this.limits = limits;
  }

  void create() {
    requireTransactionProtocol();
    short copies = (short) Math.min(settings.copies(), nodes());
    Map<String, String> common = new HashMap<>();
    common.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, copies >= SAFE_COPIES ? "2" : "1");
    if (settings.singleNode()) {
      common.put(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, "1");
    }
    create(mirror.journalTopic(), copies, common, journalConfig());
    create(mirror.stateTopic(), copies, common, stateConfig());
    awaitVisible(mirror.journalTopic(), mirror.stateTopic());
  }

  /** Makes the topic of the observers if it is not there; it may be lost at any time. */
  void createObservations() {
    String name = mirror.observationsTopic();
    if (find(name).isPresent()) {
      return;
    }
    short copies = (short) Math.min(settings.copies(), nodes());
    create(
        name,
        copies,
        Map.of(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, copies >= SAFE_COPIES ? "2" : "1"),
        observationsConfig());
    awaitVisible(name);
  }

  void deleteJournal() {
    String name = mirror.journalTopic();
    brokers.ask("deleting topic " + name, admin -> admin.deleteTopics(Set.of(name)).all());
    Deadline deadline = Deadline.in(limits.call());
    while (find(name).isPresent()) {
      if (deadline.passed()) {
        throw new MirrorException.Transient("topic " + name + " was deleted but still shows", null);
      }
      deadline.pause(limits.fetchWait(), "deleting topic " + name);
    }
  }

  void check() {
    requireTransactionProtocol();
    String journal = mirror.journalTopic();
    requireOnePartition(journal);
    Config config = config(journal);
    if (!"delete".equals(value(config, TopicConfig.CLEANUP_POLICY_CONFIG))) {
      throw refusal(
          "topic " + journal + " is compacted, which removes transactions from its middle",
          alter(journal, "cleanup.policy=delete")
              + ", and make the mirror anew if it held records: understudy init --again");
    }
    int largest = Integer.parseInt(value(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
    if (largest < JournalLimits.LEAST_MESSAGE_BYTES) {
      throw refusal(
          "topic "
              + journal
              + " takes records of at most "
              + largest
              + " bytes; the journal needs "
              + JournalLimits.LEAST_MESSAGE_BYTES,
          alter(journal, "max.message.bytes=" + limits.messageBytes()));
    }
    String state = mirror.stateTopic();
    requireOnePartition(state);
    if (!"compact".equals(value(config(state), TopicConfig.CLEANUP_POLICY_CONFIG))) {
      throw refusal(
          "topic " + state + " is not compacted, so it would forget the mirror's facts",
          alter(state, "cleanup.policy=compact"));
    }
  }

  boolean exist() {
    return find(mirror.journalTopic()).isPresent() && find(mirror.stateTopic()).isPresent();
  }

  void requireFitBrokers() {
    if (exist()) {
      check();
    } else {
      requireTransactionProtocol();
    }
  }

  List<String> prospects() {
    if (exist()) {
      return warnings();
    }
    int nodes = nodes();
    return settings.singleNode() || nodes >= Math.max(SAFE_COPIES, settings.copies())
        ? List.of()
        : List.of(
            "the cluster has "
                + nodes
                + " broker(s), for "
                + settings.copies()
                + " of the "
                + SAFE_COPIES
                + " copies that a journal should have: losing a broker's disk can lose journaled transactions");
  }

  private int nodes() {
    return brokers.ask("counting the brokers", admin -> admin.describeCluster().nodes()).size();
  }

  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    String journal = mirror.journalTopic();
    Config config = config(journal);
    int copies = description(journal).partitions().get(0).replicas().size();
    if (!settings.singleNode() && copies < SAFE_COPIES) {
      warnings.add(
          "topic "
              + journal
              + " has "
              + copies
              + " of "
              + SAFE_COPIES
              + " copies: losing a broker's disk can lose journaled transactions");
    }
    int inSync = Integer.parseInt(value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG));
    if (!settings.singleNode() && inSync < 2) {
      warnings.add(
          "topic "
              + journal
              + " accepts writes that only one broker has (min.insync.replicas="
              + inSync
              + "): losing that broker can lose journaled transactions");
    }
    if ("true".equals(value(config, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG))) {
      warnings.add(
          "topic "
              + journal
              + " allows unclean leader election, which can lose journaled transactions");
    }
    long kept = Long.parseLong(value(config, TopicConfig.RETENTION_MS_CONFIG));
    if (kept >= 0 && kept < limits.retention().toMillis()) {
      warnings.add(
          "topic "
              + journal
              + " keeps records for "
              + kept / 1000
              + " s, not "
              + limits.retention().toSeconds()
              + " s: a standby that is away for longer needs a new copy");
    }
    long keptBytes = Long.parseLong(value(config, TopicConfig.RETENTION_BYTES_CONFIG));
    if (keptBytes >= 0) {
      warnings.add(
          "topic "
              + journal
              + " keeps at most "
              + keptBytes
              + " bytes: a standby further behind than that needs a new copy");
    }
    return warnings;
  }

  /** The journal topic's id. */
  String id() {
    return description(mirror.journalTopic()).topicId().toString();
  }

  /**
   * @throws MirrorException.Invariant if the topic is another one than {@code expected}
   */
  void requireId(String expected) {
    String found = id();
    if (!found.equals(expected)) {
      throw new MirrorException.Invariant(
          "topic "
              + mirror.journalTopic()
              + " was deleted and made anew: its id is "
              + found
              + ", the mirror's journal was "
              + expected,
          "make the mirror anew, which copies the source's rows once more: understudy init --again");
    }
  }

  boolean hasStateTopic() {
    return find(mirror.stateTopic()).isPresent();
  }

  void requireStateTopic() {
    description(mirror.stateTopic());
  }

  int maxMessageBytes() {
    return Integer.parseInt(
        value(config(mirror.journalTopic()), TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
  }

  private Map<String, String> journalConfig() {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        "delete",
        TopicConfig.RETENTION_MS_CONFIG,
        Long.toString(limits.retention().toMillis()),
        TopicConfig.RETENTION_BYTES_CONFIG,
        "-1",
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        Integer.toString(limits.messageBytes()),
        TopicConfig.COMPRESSION_TYPE_CONFIG,
        "producer",
        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
        "CreateTime",
        TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
        "false");
  }

  /** Small segments, rolled and compacted within minutes, so that reading it all stays cheap. */
  private static Map<String, String> stateConfig() {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        "compact",
        TopicConfig.SEGMENT_BYTES_CONFIG,
        Integer.toString(1024 * 1024),
        TopicConfig.SEGMENT_MS_CONFIG,
        "600000",
        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
        "0.1",
        TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
        "600000",
        TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
        "false");
  }

  private static Map<String, String> observationsConfig() {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        "delete",
        TopicConfig.RETENTION_MS_CONFIG,
        "600000",
        TopicConfig.SEGMENT_MS_CONFIG,
        "600000",
        TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
        "false");
  }

  private void create(
      String name, short copies, Map<String, String> common, Map<String, String> own) {
    Map<String, String> config = new HashMap<>(common);
    config.putAll(own);
    NewTopic topic = new NewTopic(name, 1, copies).configs(config);
    try {
      brokers.ask("making topic " + name, admin -> admin.createTopics(Set.of(topic)).all());
    } catch (MirrorException.Transient e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  /** A topic that was just made is not known to every broker at once. */
  private void awaitVisible(String... names) {
    Deadline deadline = Deadline.in(limits.call());
    while (Arrays.stream(names).anyMatch(name -> find(name).isEmpty())) {
      if (deadline.passed()) {
        throw new MirrorException.Transient(
            "the topics of mirror " + mirror + " were made but do not show", null);
      }
      deadline.pause(limits.fetchWait(), "making the topics of mirror " + mirror);
    }
  }

  private void requireTransactionProtocol() {
    FinalizedVersionRange version =
        brokers
            .ask(
                "asking for the brokers' features",
                admin -> admin.describeFeatures().featureMetadata())
            .finalizedFeatures()
            .get("transaction.version");
    int found = version == null ? 0 : version.maxVersionLevel();
    if (found < TRANSACTION_PROTOCOL) {
      throw refusal(
          "the brokers run transaction protocol version "
              + found
              + ", under which a delayed message can end up in the wrong transaction",
          "use brokers of Kafka 4.0 or newer and run kafka-features.sh upgrade --feature transaction.version="
              + TRANSACTION_PROTOCOL);
    }
  }

  private void requireOnePartition(String topic) {
    int partitions = description(topic).partitions().size();
    if (partitions != 1) {
      throw refusal(
          "topic " + topic + " has " + partitions + " partitions, so it has no order",
          "delete the topic and make the mirror anew: understudy init --again");
    }
  }

  private TopicDescription description(String topic) {
    return find(topic)
        .orElseThrow(
            () ->
                refusal(
                    "topic " + topic + " does not exist",
                    "check the journal's bootstrap servers and the mirror's name; if they are right and the topic "
                        + "was deleted, make the mirror anew, which copies the source's rows once more: understudy init --again"));
  }

  private Optional<TopicDescription> find(String topic) {
    try {
      return Optional.of(
          brokers.ask(
              "looking at topic " + topic,
              admin -> admin.describeTopics(Set.of(topic)).topicNameValues().get(topic)));
    } catch (MirrorException.Transient e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Config config(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return brokers.ask(
        "reading the settings of topic " + topic,
        admin -> configs(admin, Set.of(resource), resource));
  }

  private static KafkaFuture<Config> configs(
      Admin admin, Collection<ConfigResource> resources, ConfigResource resource) {
    return admin.describeConfigs(resources).values().get(resource);
  }

  private static String value(Config config, String name) {
    ConfigEntry entry = config.get(name);
    if (entry == null || entry.value() == null) {
      throw new MirrorException.Operator(
          "the brokers do not show the topic setting " + name,
          "allow the account to describe the settings of the topics understudy.*");
    }
    return entry.value();
  }

  private static MirrorException.Operator refusal(String message, String remedy) {
    return new MirrorException.Operator(message, remedy);
  }

  static String alter(String topic, String setting) {
    return "run kafka-configs.sh --alter --entity-type topics --entity-name "
        + topic
        + " --add-config "
        + setting;
  }
}
