package io.understudy.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FactCodecTest {
  private static final MirrorName MIRROR = new MirrorName("shop");
  private static final String REPORT =
      "{\"role\":\"reader\",\"process\":\"h/1\",\"state\":\"STREAMING\",\"detail\":\"\","
          + "\"at\":\"2026-01-01T00:00:00Z\"}";

  @Test
  void passesOverFieldsAndFactsThatItDoesNotKnow() {
    StateStore.Facts facts =
        decode(
            Map.of(
                "role/reader", REPORT.replace("}", ",\"added\":[1]}"), "controller/lease", "??"));
    assertThat(facts.mirror()).isEmpty();
    assertThat(facts.roles()).hasSize(1);
    assertThat(facts.roles().get(0).state()).isEqualTo("STREAMING");
  }

  @Test
  void refusesFactsThatAreIncompleteOrDamaged() {
    for (String damaged :
        new String[] {
          "",
          "{",
          "[]",
          "{}",
          REPORT.replace("process", "p"),
          REPORT.replace("2026-", "x"),
          REPORT.replace("\"h/1\"", "7")
        }) {
      assertThatThrownBy(() -> decode(Map.of("role/reader", damaged)))
          .as(damaged)
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("role/reader on topic understudy.shop.state");
    }
    assertThatThrownBy(() -> decode(Map.of("mirror", "{\"epoch\":\"1\"}")))
        .isInstanceOf(MirrorException.Invariant.class);
  }

  private static StateStore.Facts decode(Map<String, String> facts) {
    Map<String, byte[]> bytes = new java.util.TreeMap<>();
    facts.forEach((key, value) -> bytes.put(key, value.getBytes(StandardCharsets.UTF_8)));
    return FactCodec.decode(bytes, MIRROR);
  }
}
