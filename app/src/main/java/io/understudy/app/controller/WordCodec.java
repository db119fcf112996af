package io.understudy.app.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.failover.automatic.Observation;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What controllers say to each other, as JSON. */
final class WordCodec {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param number counts what this observer said
   * @param seen the last offset that it had read when it began to look
   * @param observation empty if it takes its leave
   */
  record Said(String observer, long number, long seen, Optional<Observation> observation) {}

  private WordCodec() {}

  static String encode(Said said) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("observer", said.observer())
            .put("number", said.number())
            .put("seen", said.seen());
    said.observation()
        .ifPresent(
            it -> {
              json.put("epoch", it.epoch().value())
                  .put("source", it.source().value())
                  .put("silentMillis", it.silent().toMillis())
                  .put("probe", it.probe())
                  .put("stillMillis", it.still().toMillis())
                  .put("progressed", it.progressed());
              it.sourceTime().ifPresent(time -> json.put("sourceTime", time.toString()));
            });
    return json.toString();
  }

  /** Empty for what this version cannot read. */
  static Optional<Said> decode(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      String observer = json.required("observer").asText();
      Optional<Observation> observation =
          json.has("epoch") ? Optional.of(observation(observer, json)) : Optional.empty();
      return Optional.of(
          new Said(
              observer,
              json.required("number").asLong(),
              json.required("seen").asLong(),
              observation));
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Observation observation(String observer, JsonNode json) {
    return new Observation(
        observer,
        new Epoch(json.required("epoch").asLong()),
        new DatabaseName(json.required("source").asText()),
        Duration.ofMillis(json.required("silentMillis").asLong()),
        json.required("probe").asText(),
        json.has("sourceTime")
            ? Optional.of(Instant.parse(json.required("sourceTime").asText()))
            : Optional.empty(),
        Duration.ofMillis(json.required("stillMillis").asLong()),
        json.required("progressed").asBoolean());
  }
}
