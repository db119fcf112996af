package io.understudy.connectors.slot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.TableName;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Where sequences stand, as a message that the mirror writes into the source's log. */
public final class SequenceMessages {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SequenceMessages() {}

  /**
   * An array of one array for each, with the values in the order of {@link Change.SequenceValue}.
   */
  public static String write(List<Change.SequenceValue> values) {
    ArrayNode all = JSON.createArrayNode();
    for (Change.SequenceValue value : values) {
      all.addArray()
          .add(value.sequence().schema())
          .add(value.sequence().table())
          .add(value.last())
          .add(value.called())
          .add(value.steps())
          .add(value.within().toNanos() / 1000);
    }
    return all.toString();
  }

  public static List<Change> read(String content) {
    List<Change> values = new ArrayList<>();
    for (JsonNode value : parse(content)) {
      values.add(
          new Change.SequenceValue(
              new TableName(value.get(0).asText(), value.get(1).asText()),
              value.get(2).asLong(),
              value.get(3).asBoolean(),
              value.get(4).asLong(),
              Duration.of(value.get(5).asLong(), ChronoUnit.MICROS)));
    }
    return values;
  }

  private static JsonNode parse(String content) {
    try {
      return JSON.readTree(content);
    } catch (JsonProcessingException e) {
      throw new MirrorException.Invariant(
          "the source's log brought values of sequences that cannot be read",
          "report this: nothing of its transaction was journaled",
          e);
    }
  }
}
