package io.understudy.app.rejoin;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import io.understudy.journal.kafka.FormerFact;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A report for scripts, which rely on the names. Values are as the source printed them. */
final class ReportJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ReportJson() {}

  /** A transaction at a time: a report may be large. */
  static void write(Report report, OutputStream out) throws IOException {
    FormerFact former = report.former();
    try (JsonGenerator json = MAPPER.getFactory().createGenerator(out).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("mirror", report.mirror().value());
      json.writeStringField("database", former.database().value());
      json.writeNumberField("epoch", former.epoch().value());
      json.writeStringField("newSource", report.newSource().value());
      json.writeNumberField("newSourceAsOf", report.asOf());
      json.writeStringField("writtenAt", report.writtenAt().toString());
      json.writeObjectFieldStart("journalEnds");
      json.writeNumberField("sequence", former.sequence().value());
      json.writeStringField("position", former.position().encoded());
      json.writeStringField("commitTime", former.commitTime().toString());
      json.writeEndObject();
      json.writeNumberField("transactionCount", report.transactions().size());
      json.writeNumberField("changeCount", report.changes());
      json.writeNumberField("conflictCount", report.conflicts());
      json.writeArrayFieldStart("obstacles");
      for (String obstacle : report.obstacles()) {
        json.writeString(obstacle);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("transactions");
      for (Report.Transaction transaction : report.transactions()) {
        json.writeTree(node(transaction));
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private static ObjectNode node(Report.Transaction transaction) {
    ObjectNode node =
        MAPPER
            .createObjectNode()
            .put("id", transaction.extra().transaction())
            .put("position", transaction.extra().position().encoded())
            .put("commitTime", transaction.extra().commitTime().toString());
    ArrayNode changes = node.putArray("changes");
    transaction.lines().forEach(line -> add(changes.addObject(), line));
    return node;
  }

  private static void add(ObjectNode node, Report.Line line) {
    Change change = line.change();
    node.put("operation", Described.operation(change));
    if (change instanceof Change.SchemaChange schema) {
      node.put("statement", schema.ddl().text());
      return;
    }
    ArrayNode tables = node.putArray("tables");
    change.relations().forEach(it -> tables.add(it.table().toString()));
    Relation relation = change.relations().get(0);
    Described.former(change).ifPresent(row -> put(node.putObject("old"), relation, row));
    Described.latter(change)
        .ifPresent(
            row -> {
              put(node.putObject("new"), relation, row);
              ArrayNode unchanged = node.putArray("newNotLogged");
              Described.notLogged(relation, row).forEach(unchanged::add);
            });
    if (relation.hasKey() && !(change instanceof Change.Truncate)) {
      put(node.putObject("key"), relation, Described.key(change));
      if (line.there().isPresent()) {
        Change.Insert there = line.there().get();
        put(node.putObject("onNewSource"), there.relation(), there.after());
      } else {
        node.putNull("onNewSource");
      }
    }
    ArrayNode conflicts = node.putArray("conflicts");
    line.conflicts().forEach(conflicts::add);
  }

  /** What the log does not tell is left out. */
  private static void put(ObjectNode node, Relation relation, Row row) {
    List<Column> columns = relation.columns();
    for (int i = 0; i < columns.size(); i++) {
      Value value = row.get(i);
      if (!(value instanceof Value.Unchanged)) {
        node.put(columns.get(i).name(), Described.text(value));
      }
    }
  }
}
