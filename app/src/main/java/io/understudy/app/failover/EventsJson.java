package io.understudy.app.failover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.journal.MirrorName;
import io.understudy.journal.kafka.OperationFact;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** Changes of the source as one JSON object; what is not known is null. */
public final class EventsJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private EventsJson() {}

  public static String of(MirrorName mirror, List<OperationFact> operations) {
    ObjectNode root = MAPPER.createObjectNode().put("mirror", mirror.value());
    ArrayNode events = root.putArray("events");
    for (OperationFact operation : operations) {
      ObjectNode node =
          events
              .addObject()
              .put("id", operation.id())
              .put("kind", operation.kind().name())
              .put("source", operation.source().value())
              .put("target", operation.target().value())
              .put("epoch", operation.epoch().value())
              .put("attempts", operation.attempt())
              .put("at", operation.begun().toString())
              .put("until", operation.until().map(it -> it.value()).orElse(null))
              .put("outcome", operation.isOver() ? operation.outcome() : null);
      ArrayNode steps = node.putArray("steps");
      for (OperationFact.Step step : operation.steps()) {
        steps
            .addObject()
            .put("state", step.state().name())
            .put("by", step.by())
            .put("at", step.at().toString())
            .put("why", step.why())
            .put("millis", step.took().map(Duration::toMillis).orElse(null))
            .put("outcome", step.outcome());
      }
    }
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
