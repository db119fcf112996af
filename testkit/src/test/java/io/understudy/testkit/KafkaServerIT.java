package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class KafkaServerIT {
  @Test
  void keepsItsAddressAndTopicsThroughEachKindOfEnd() throws Exception {
    try (KafkaServer kafka = KafkaServer.start()) {
      String address = kafka.bootstrapServers();
      try (Admin admin = admin(kafka)) {
        admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
      }
      kafka.kill9();
      assertThat(kafka.isRunning()).isFalse();
      kafka.startAgain();
      kafka.stop();
      assertThat(kafka.isRunning()).isFalse();
      kafka.startAgain();
      assertThat(kafka.bootstrapServers()).isEqualTo(address);
      try (Admin admin = admin(kafka)) {
        assertThat(admin.listTopics().names().get()).isEqualTo(Set.of("t"));
      }
    }
  }

  @Test
  void answersNothingWhileFrozen() throws Exception {
    try (KafkaServer kafka = KafkaServer.start();
        Admin admin = admin(kafka)) {
      assertThat(admin.describeCluster().nodes().get()).hasSize(1);
      kafka.pause();
      var answer = admin.listTopics().names();
      assertThatThrownBy(() -> answer.get(1, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);
      kafka.resume();
      assertThat(answer.get(30, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void takesSettingsOfKafka() throws Exception {
    try (KafkaServer kafka = KafkaServer.start(Map.of("message.max.bytes", "54321"));
        Admin admin = admin(kafka)) {
      ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
      assertThat(
              admin
                  .describeConfigs(List.of(broker))
                  .all()
                  .get()
                  .get(broker)
                  .get("message.max.bytes")
                  .value())
          .isEqualTo("54321");
    }
  }

  @Test
  void saysWhatKeptItFromStarting() {
    assertThatThrownBy(() -> KafkaServer.start(Map.of("num.io.threads", "many")))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("num.io.threads");
  }

  private static Admin admin(KafkaServer kafka) {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }
}
