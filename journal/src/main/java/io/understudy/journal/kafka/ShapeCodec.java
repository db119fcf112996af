package io.understudy.journal.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.PositionFormat;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Shapes as several facts, because those of many tables do not fit into one record: parts of some
 * tables each, packed, and one that says which parts belong together. That one is written last;
 * parts that it does not name are what an interrupted writing left, and count as nothing.
 */
final class ShapeCodec {
  static final String HEAD = "shapes";

  /** Before packing; a table that is larger alone gets a part alone. */
  private static final int PART_CHARS = 256 * 1024;

  private static final ObjectMapper JSON = new ObjectMapper();

  private ShapeCodec() {}

  /** Key and value of each fact, in the order in which they must be written. */
  static Map<String, byte[]> encode(TableShapes shapes) {
    String id = UUID.randomUUID().toString();
    Map<String, byte[]> facts = new LinkedHashMap<>();
    ArrayNode tables = JSON.createArrayNode();
    int chars = 0;
    for (Relation relation : shapes.tables()) {
      ObjectNode table = table(relation);
      int length = table.toString().length();
      if (chars + length > PART_CHARS && chars > 0) {
        facts.put(part(facts.size()), packed(id, tables));
        tables = JSON.createArrayNode();
        chars = 0;
      }
      tables.add(table);
      chars += length;
    }
    facts.put(part(facts.size()), packed(id, tables));
    ObjectNode head =
        JSON.createObjectNode()
            .put("id", id)
            .put("parts", facts.size())
            .put("positionKind", shapes.from().kind())
            .put("position", shapes.from().encoded());
    facts.put(HEAD, head.toString().getBytes(StandardCharsets.UTF_8));
    return facts;
  }

  /** Empty if they were never written, or not to their end, or a part of them is gone. */
  static Optional<TableShapes> decode(Map<String, byte[]> facts, MirrorName mirror) {
    if (!facts.containsKey(HEAD)) {
      return Optional.empty();
    }
    try {
      JsonNode head = JSON.readTree(facts.get(HEAD));
      List<Relation> relations = new ArrayList<>();
      for (int i = 0; i < head.required("parts").intValue(); i++) {
        byte[] packed = facts.get(part(i));
        JsonNode part = packed == null ? JSON.createObjectNode() : unpacked(packed);
        if (!part.path("id").equals(head.required("id"))) {
          return Optional.empty();
        }
        part.required("tables").forEach(table -> relations.add(relation(table)));
      }
      return Optional.of(
          new TableShapes(
              PositionFormat.parse(
                  head.required("positionKind").textValue(), head.required("position").textValue()),
              relations));
    } catch (IOException | IllegalArgumentException e) {
      throw new MirrorException.Invariant(
          "the tables' shapes on topic " + mirror.stateTopic() + " cannot be read",
          "if a newer version of Understudy wrote them, upgrade this one; otherwise something else"
              + " writes to the topic",
          e);
    }
  }

  private static String part(int number) {
    return HEAD + "/" + number;
  }

  private static ObjectNode table(Relation relation) {
    ObjectNode table =
        JSON.createObjectNode()
            .put("schema", relation.table().schema())
            .put("table", relation.table().table());
    ArrayNode columns = table.putArray("columns");
    for (Column column : relation.columns()) {
      columns
          .addObject()
          .put("name", column.name())
          .put("type", column.type())
          .put("key", column.key());
    }
    return table;
  }

  private static Relation relation(JsonNode table) {
    List<Column> columns = new ArrayList<>();
    for (JsonNode column : table.required("columns")) {
      columns.add(
          new Column(
              column.required("name").textValue(),
              column.required("type").textValue(),
              column.required("key").booleanValue()));
    }
    return new Relation(
        new TableName(table.required("schema").textValue(), table.required("table").textValue()),
        columns);
  }

  private static byte[] packed(String id, ArrayNode tables) {
    ObjectNode part = JSON.createObjectNode().put("id", id);
    part.set("tables", tables);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream packing = new GZIPOutputStream(bytes)) {
      packing.write(part.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("packing in memory", e);
    }
    return bytes.toByteArray();
  }

  private static JsonNode unpacked(byte[] packed) throws IOException {
    try (GZIPInputStream unpacking = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return JSON.readTree(unpacking);
    }
  }
}
