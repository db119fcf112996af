package io.understudy.app.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.applier.Rendezvous;
import io.understudy.verify.RowDifference;
import io.understudy.verify.TableResult;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** A verification's outcome as {@code verify --json} prints it. Scripts rely on the names. */
public final class VerifyJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private VerifyJson() {}

  /**
   * One object, with one entry a standby.
   *
   * @param mostRows how many differing rows of a table are named
   */
  public static String of(List<VerifyReport> reports, int mostRows) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("mirror", reports.get(0).mirror().value());
    root.put("source", reports.get(0).source().value());
    ObjectNode standbys = root.putObject("standbys");
    reports.forEach(it -> standbys.set(it.standby().value(), standby(it, mostRows)));
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode standby(VerifyReport report, int mostRows) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("result", word(report.result()));
    ObjectNode at = node.putObject("at");
    at.put("sequence", report.at().sequence().value());
    at.put("position", report.at().position().encoded());
    at.put("commitTime", report.at().commitTime().toString());
    node.put("seconds", report.time().toMillis() / 1e3);
    node.put("sampled", report.sampled());
    ArrayNode tables = node.putArray("tables");
    report.tables().forEach(it -> tables.add(table(it, mostRows)));
    ArrayNode repaired = node.putArray("repaired");
    report.repaired().forEach(it -> repaired.add(repaired(it)));
    return node;
  }

  private static ObjectNode table(TableResult table, int mostRows) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("schema", table.table().schema());
    node.put("table", table.table().table());
    node.put("result", word(table.outcome()));
    node.put("rows", table.rows());
    node.put("bytes", table.bytes());
    node.put("seconds", table.time().toMillis() / 1e3);
    node.put("detail", table.detail());
    node.put("differing", table.differences().size());
    node.put("complete", table.complete());
    ArrayNode differences = node.putArray("differences");
    table.differences().stream().limit(mostRows).forEach(it -> differences.add(row(it)));
    return node;
  }

  private static ObjectNode row(RowDifference row) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("kind", word(row.kind()));
    ObjectNode key = node.putObject("key");
    row.key().forEach(key::put);
    ArrayNode columns = node.putArray("columns");
    row.columns().forEach(columns::add);
    node.put("row", row.key().isEmpty() ? row.text() : null);
    node.put("onSource", row.onSource());
    node.put("onStandby", row.onStandby());
    return node;
  }

  private static ObjectNode repaired(Rendezvous.Repaired repaired) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("schema", repaired.table().schema());
    node.put("table", repaired.table().table());
    ArrayNode identity = node.putArray("identity");
    repaired.identity().forEach(identity::add);
    node.put("outcome", word(repaired.outcome()));
    return node;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
