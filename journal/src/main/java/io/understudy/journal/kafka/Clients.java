package io.understudy.journal.kafka;

import io.understudy.journal.MirrorName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Kafka's clients with all the settings that the journal's promises rest on. Each client is
 * made with the address that the brokers have at that moment.
 */
final class Clients {
  /** Bounds what one poll takes apart in memory, however well it was compressed. */
  static final int RECORDS_AT_ONCE = 8;

  /** After which silence a controller is taken for dead: the least that brokers allow. */
  private static final int SESSION_MILLIS = 6_000;

  private static final Duration GLANCE_WAIT = Duration.ofMillis(5);
  private static final int BATCH_BYTES = 256 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

  private final MirrorName mirror;
  private final KafkaSettings settings;
  private final JournalLimits limits;

  Clients(MirrorName mirror, KafkaSettings settings, JournalLimits limits) {
    this.mirror = mirror;
    this.settings = settings;
    this.limits = limits;
  }

  String bootstrap() {
    return settings.bootstrap().get();
  }

  Admin admin(String bootstrap) {
    Map<String, Object> config = common(bootstrap, "admin");
    config.put("default.api.timeout.ms", millis(limits.call()));
    return Admin.create(config);
  }

  /** Follows a topic; sees committed records only, and fails where a position is lost. */
  Consumer<byte[], byte[]> follower(String bootstrap) {
    return consumer(bootstrap, "follower", limits.fetchWait());
  }

  /**
   * The same for one look at what is there. A client asks for more before it hands out what came,
   * and is closed when that is answered, so the broker must not hold the answer back.
   */
  Consumer<byte[], byte[]> glance(String bootstrap) {
    return consumer(bootstrap, "glance", GLANCE_WAIT);
  }

  private Consumer<byte[], byte[]> consumer(String bootstrap, String purpose, Duration fetchWait) {
    Map<String, Object> config = common(bootstrap, purpose);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(limits.call()));
    config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, millis(fetchWait));
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, limits.fetchBytes());
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, limits.fetchBytes());
    config.put(
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(RECORDS_AT_ONCE, limits.pollRecords()));
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** The journal's producer: whoever initializes its transactions fences all others. */
  Producer<byte[], byte[]> writer() {
    Map<String, Object> config = durable("writer");
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, mirror.writerId());
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, millis(limits.transaction()));
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, limits.messageBytes());
    // A few fragments on their way; the next one waits until one of them has arrived.
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 4L * limits.fragmentBytes() + 4L * BATCH_BYTES);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Whoever initializes its transactions ends the control of all others. */
  Producer<byte[], byte[]> controller() {
    Map<String, Object> config = durable("controller");
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, mirror.controllerId());
    // What others store shows only behind what a holder that was killed has left open.
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, millis(limits.claim()));
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  Producer<byte[], byte[]> facts() {
    return new KafkaProducer<>(
        durable("facts"), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Of the controllers' group, for the sake of its one partition: whoever has that leads. */
  Consumer<byte[], byte[]> member() {
    Map<String, Object> config = common(bootstrap(), "controllers");
    config.put(ConsumerConfig.GROUP_ID_CONFIG, mirror.controllersGroup());
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_MILLIS / 6);
    config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 5 * SESSION_MILLIS);
    // Who leads goes on leading when others join.
    config.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(limits.request()));
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Reads what observers say, from now on; what it missed is of no interest. */
  Consumer<byte[], byte[]> listener() {
    Map<String, Object> config = common(bootstrap(), "observations");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(limits.request()));
    config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Sends what an observer says, soon or never. */
  Producer<byte[], byte[]> speaker() {
    Map<String, Object> config = durable("observer");
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1000L);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis(limits.request()));
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Bounded, also when interrupted; what goes wrong while closing changes nothing any more. */
  void close(Consumer<?, ?> consumer) {
    closing(() -> consumer.close(CloseOptions.timeout(limits.close())));
  }

  /** Ends in order: an open transaction is aborted on the broker. */
  void close(Producer<?, ?> producer) {
    closing(() -> producer.close(limits.close()));
  }

  /** Does not wait for what the broker holds back; that forgets the client after a while. */
  void drop(Consumer<?, ?> consumer) {
    closing(() -> consumer.close(CloseOptions.timeout(Duration.ZERO)));
  }

  /** Drops everything at once and sends nothing more. */
  void drop(Producer<?, ?> producer) {
    closing(() -> producer.close(Duration.ZERO));
  }

  void close(Admin admin) {
    closing(() -> admin.close(Duration.ZERO));
  }

  private Map<String, Object> durable(String purpose) {
    Map<String, Object> config = common(bootstrap(), purpose);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, limits.call().toMillis());
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis(limits.call()));
    return config;
  }

  private Map<String, Object> common(String bootstrap, String purpose) {
    Map<String, Object> config = new HashMap<>(settings.client());
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    // Two clients of one name in a process would warn of each other.
    String unique = Integer.toHexString(ThreadLocalRandom.current().nextInt());
    config.put(
        CommonClientConfigs.CLIENT_ID_CONFIG,
        "understudy." + mirror + "." + purpose + "." + unique);
    config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, millis(limits.request()));
    // A transaction that follows close on another is refused until the broker has ended that one.
    config.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, millis(limits.retry()));
    return config;
  }

  private static void closing(Runnable close) {
    boolean interrupted = Thread.interrupted();
    try {
      close.run();
    } catch (KafkaException e) {
      LOG.debug("a Kafka client did not close cleanly", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }
}
