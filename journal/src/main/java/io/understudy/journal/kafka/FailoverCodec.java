package io.understudy.journal.kafka;

import static io.understudy.journal.kafka.FactCodec.bytes;
import static io.understudy.journal.kafka.FactCodec.number;
import static io.understudy.journal.kafka.FactCodec.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.PositionFormat;
import io.understudy.journal.Sequence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known of changes of the source, as JSON. */
final class FailoverCodec {
  private static final ObjectMapper JSON = new ObjectMapper();

  private FailoverCodec() {}

  static byte[] encode(OperationFact fact) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("id", fact.id())
            .put("kind", fact.kind().name())
            .put("attempt", fact.attempt())
            .put("epoch", fact.epoch().value())
            .put("source", fact.source().value())
            .put("target", fact.target().value())
            .put("begun", fact.begun().toString())
            .put("outcome", fact.outcome());
    fact.until().ifPresent(until -> json.put("until", until.value()));
    ArrayNode steps = json.putArray("steps");
    for (OperationFact.Step step : fact.steps()) {
      ObjectNode node =
          steps
              .addObject()
              .put("state", step.state().name())
              .put("by", step.by())
              .put("at", step.at().toString())
              .put("why", step.why())
              .put("outcome", step.outcome());
      step.took().ifPresent(took -> node.put("tookMillis", took.toMillis()));
    }
    return bytes(json);
  }

  static byte[] encode(FormerFact fact) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("database", fact.database().value())
            .put("way", fact.way().name())
            .put("epoch", fact.epoch().value())
            .put("sequence", fact.sequence().value())
            .put("positionKind", fact.position().kind())
            .put("position", fact.position().encoded())
            .put("commitTime", fact.commitTime().toString())
            .put("offset", fact.offset())
            .put("since", fact.since().toString());
    fact.shutAt().ifPresent(at -> json.put("shutAt", at.toString()));
    return bytes(json);
  }

  static OperationFact operation(JsonNode json) {
    List<OperationFact.Step> steps = new ArrayList<>();
    for (JsonNode step : json.required("steps")) {
      steps.add(
          new OperationFact.Step(
              MirrorFacts.State.valueOf(text(step, "state")),
              text(step, "by"),
              Instant.parse(text(step, "at")),
              text(step, "why"),
              step.has("tookMillis")
                  ? Optional.of(Duration.ofMillis(number(step, "tookMillis")))
                  : Optional.empty(),
              text(step, "outcome")));
    }
    return new OperationFact(
        text(json, "id"),
        OperationFact.Kind.valueOf(text(json, "kind")),
        Math.toIntExact(number(json, "attempt")),
        new Epoch(number(json, "epoch")),
        new DatabaseName(text(json, "source")),
        new DatabaseName(text(json, "target")),
        json.has("until") ? Optional.of(new Sequence(number(json, "until"))) : Optional.empty(),
        Instant.parse(text(json, "begun")),
        steps,
        text(json, "outcome"));
  }

  static FormerFact former(JsonNode json) {
    return new FormerFact(
        new DatabaseName(text(json, "database")),
        FormerFact.Way.valueOf(text(json, "way")),
        new Epoch(number(json, "epoch")),
        new Sequence(number(json, "sequence")),
        PositionFormat.parse(text(json, "positionKind"), text(json, "position")),
        Instant.parse(text(json, "commitTime")),
        number(json, "offset"),
        Instant.parse(text(json, "since")),
        json.has("shutAt") ? Optional.of(Instant.parse(text(json, "shutAt"))) : Optional.empty());
  }
}
