package io.understudy.journal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
  private static final TopicPartition TOPIC = new TopicPartition("events", 0);
  private static final Duration ENDS_BY_ITSELF = BrokerMain.LINGER.plusSeconds(20);

  @TempDir Path directory;

  @Test
  void keepsWhatWasWrittenAndComesBackAfterKill9() throws Exception {
    long pid;
    try (EmbeddedBroker broker = EmbeddedBroker.attach(directory)) {
      String address = broker.bootstrapServers();
      createTopic(address);
      append(address, 0, 10);
      pid = broker.pid();

      kill9(pid);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> broker.state() == EmbeddedBroker.State.RUNNING && broker.pid() != pid);

      assertThat(broker.bootstrapServers()).isEqualTo(address);
      append(address, 10, 20);
      assertThat(values(address)).containsExactlyElementsOf(numbers(0, 20));
    }
    awaitEnd(pid);
  }

  @Test
  void runsAsLongAsOneOfSeveralIsAttached() throws Exception {
    EmbeddedBroker first = EmbeddedBroker.attach(directory);
    long pid = first.pid();
    try (EmbeddedBroker second = EmbeddedBroker.attach(directory)) {
      assertThat(second.pid()).isEqualTo(pid);
      createTopic(second.bootstrapServers());
      first.close();
      first.close();
      // Twice the time after which it would have gone.
      Thread.sleep(BrokerMain.LINGER.multipliedBy(2).toMillis());
      append(second.bootstrapServers(), 0, 1);
      assertThat(second.state()).isEqualTo(EmbeddedBroker.State.RUNNING);
    }
    awaitEnd(pid);

    try (EmbeddedBroker again = EmbeddedBroker.attach(directory)) {
      assertThat(again.pid()).isNotEqualTo(pid);
      assertThat(values(again.bootstrapServers())).containsExactlyElementsOf(numbers(0, 1));
    }
  }

  static void createTopic(String address) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      admin.createTopics(List.of(new NewTopic(TOPIC.topic(), 1, (short) 1))).all().get();
    }
  }

  static void append(String address, int from, int to) throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", address, "transactional.id", "test", "acks", "all");
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (String number : numbers(from, to)) {
        producer.send(new ProducerRecord<>(TOPIC.topic(), number)).get();
      }
      producer.commitTransaction();
    }
  }

  static List<String> values(String address) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", address, "isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(TOPIC));
      consumer.seekToBeginning(List.of(TOPIC));
      long end = consumer.endOffsets(List.of(TOPIC)).get(TOPIC);
      List<String> values = new java.util.ArrayList<>();
      while (consumer.position(TOPIC) < end) {
        StreamSupport.stream(consumer.poll(Duration.ofSeconds(1)).spliterator(), false)
            .forEach(r -> values.add(r.value()));
      }
      return values;
    }
  }

  static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  static void kill9(long pid) {
    assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
  }

  static void awaitEnd(long pid) {
    await().atMost(ENDS_BY_ITSELF).until(() -> !runs(pid));
  }

  /** A zombie does not: its parent has gone, and in a container it may stay one for ever. */
  private static boolean runs(long pid) throws IOException {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
          .noneMatch(line -> line.matches("State:\\s+[ZX].*"));
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
