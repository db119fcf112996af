package io.understudy.journal.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Sequence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Facts as JSON, for people with a console consumer as much as for programs. Fields and keys that a
 * newer version has added are passed over; those that are known must be there.
 */
final class FactCodec {
  static final String MIRROR = "mirror";
  static final String ROLE = "role/";
  static final String VERIFIED = "verified/";
  static final String OPERATION = "operation/";
  static final String FORMER = "former/";

  private static final ObjectMapper JSON = new ObjectMapper();

  private FactCodec() {}

  static byte[] encode(MirrorFacts facts) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("epoch", facts.epoch().value())
            .put("source", facts.source().value())
            .put("engine", facts.engine())
            .put("system", facts.system())
            .put("timeline", facts.timeline())
            .put("keeper", facts.keeper())
            .put("journalTopicId", facts.journalTopicId())
            .put("state", facts.state().name())
            .put("since", facts.since().toString());
    facts.target().ifPresent(target -> json.put("target", target.value()));
    return bytes(json);
  }

  static byte[] encode(RoleReport report) {
    return bytes(
        JSON.createObjectNode()
            .put("role", report.role())
            .put("process", report.process())
            .put("state", report.state())
            .put("detail", report.detail())
            .put("at", report.at().toString()));
  }

  static byte[] encode(VerificationFact fact) {
    return bytes(
        JSON.createObjectNode()
            .put("standby", fact.standby().value())
            .put("sequence", fact.sequence().value())
            .put("at", fact.at().toString())
            .put("result", fact.result()));
  }

  static StateStore.Facts decode(Map<String, byte[]> facts, MirrorName mirror) {
    Optional<MirrorFacts> known = Optional.empty();
    List<RoleReport> roles = new ArrayList<>();
    List<VerificationFact> verified = new ArrayList<>();
    List<OperationFact> operations = new ArrayList<>();
    List<FormerFact> formers = new ArrayList<>();
    for (Map.Entry<String, byte[]> fact : facts.entrySet()) {
      try {
        if (fact.getKey().equals(MIRROR)) {
          known = Optional.of(mirrorFacts(JSON.readTree(fact.getValue())));
        } else if (fact.getKey().startsWith(ROLE)) {
          roles.add(roleReport(JSON.readTree(fact.getValue())));
        } else if (fact.getKey().startsWith(VERIFIED)) {
          verified.add(verification(JSON.readTree(fact.getValue())));
        } else if (fact.getKey().startsWith(OPERATION)) {
          operations.add(FailoverCodec.operation(JSON.readTree(fact.getValue())));
        } else if (fact.getKey().startsWith(FORMER)) {
          formers.add(FailoverCodec.former(JSON.readTree(fact.getValue())));
        }
      } catch (IOException | IllegalArgumentException | DateTimeException e) {
        throw new MirrorException.Invariant(
            "the fact " + fact.getKey() + " on topic " + mirror.stateTopic() + " cannot be read",
            "if a newer version of Understudy wrote it, upgrade this one; otherwise something else "
                + "writes to the topic",
            e);
      }
    }
    return new StateStore.Facts(known, roles, verified, operations, formers);
  }

  private static MirrorFacts mirrorFacts(JsonNode json) {
    return new MirrorFacts(
        new Epoch(number(json, "epoch")),
        new DatabaseName(text(json, "source")),
        text(json, "engine"),
        text(json, "system"),
        number(json, "timeline"),
        text(json, "keeper"),
        text(json, "journalTopicId"),
        MirrorFacts.State.valueOf(text(json, "state")),
        json.has("target") ? Optional.of(new DatabaseName(text(json, "target"))) : Optional.empty(),
        Instant.parse(text(json, "since")));
  }

  private static RoleReport roleReport(JsonNode json) {
    return new RoleReport(
        text(json, "role"),
        text(json, "process"),
        text(json, "state"),
        text(json, "detail"),
        Instant.parse(text(json, "at")));
  }

  private static VerificationFact verification(JsonNode json) {
    return new VerificationFact(
        new DatabaseName(text(json, "standby")),
        new Sequence(number(json, "sequence")),
        Instant.parse(text(json, "at")),
        text(json, "result"));
  }

  static String text(JsonNode json, String field) {
    JsonNode node = json.required(field);
    if (!node.isTextual()) {
      throw new IllegalArgumentException(field + " is not text");
    }
    return node.textValue();
  }

  static long number(JsonNode json, String field) {
    JsonNode node = json.required(field);
    if (!node.canConvertToLong() || !node.isIntegralNumber()) {
      throw new IllegalArgumentException(field + " is not a whole number");
    }
    return node.longValue();
  }

  static byte[] bytes(ObjectNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
