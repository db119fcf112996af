package io.understudy.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
  @Test
  void takesWhatIsNeededToGetToTheBrokersAndNothingThatBreaksAPromise() {
    Map<String, String> client =
        Map.of(
            "security.protocol", "SASL_SSL",
            "sasl.jaas.config", "secret",
            "ssl.truststore.location", "/x",
            "acks", "1",
            "isolation.level", "read_uncommitted",
            "transactional.id", "mine");
    assertThat(KafkaSettings.refused(client))
        .containsExactly("acks", "isolation.level", "transactional.id");
    assertThatThrownBy(() -> KafkaSettings.cluster("k1:9092", client, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("acks");
  }

  @Test
  void printsNoValue() {
    KafkaSettings settings =
        KafkaSettings.cluster("k1:9092", Map.of("sasl.jaas.config", "password=secret"), 3);
    assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("secret");
  }
}
