package io.understudy.app.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.understudy.connectors.LogEnd;
import io.understudy.journal.kafka.VerificationFact;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The status as {@code status --json} and {@code /api/status} show it. Scripts rely on the names;
 * what is not known is null and never left out.
 */
public final class StatusJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MILLIS = 3;

  private StatusJson() {}

  /** One line. */
  public static String line(StatusReport report) {
    return write(report, false);
  }

  public static String pretty(StatusReport report) {
    return write(report, true);
  }

  private static String write(StatusReport report, boolean pretty) {
    try {
      return (pretty ? MAPPER.writerWithDefaultPrettyPrinter() : MAPPER.writer())
          .writeValueAsString(tree(report));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode tree(StatusReport report) {
    ObjectNode root = object();
    root.put("mirror", report.mirror().value());
    root.put("at", report.at().toString());
    root.put("epoch", report.epoch().map(epoch -> epoch.value()).orElse(null));
    root.put("source", report.source().map(source -> source.value()).orElse(null));
    root.put("state", report.state());
    root.set("journal", answer(report.journal()));
    root.set("reader", reader(report.reader()));
    ObjectNode standbys = root.putObject("standbys");
    report.standbys().forEach((name, standby) -> standbys.set(name.value(), standby(standby)));
    root.set("failover", failover(report));
    return root;
  }

  private static ObjectNode failover(StatusReport report) {
    Optional<StatusReport.ControllerStatus> leader =
        report.controllers().stream().filter(StatusReport.ControllerStatus::leads).findFirst();
    ObjectNode node = object();
    node.put("mode", leader.map(StatusReport.ControllerStatus::mode).orElse(null));
    node.put("leader", leader.map(StatusReport.ControllerStatus::process).orElse(null));
    ObjectNode controllers = node.putObject("controllers");
    report
        .controllers()
        .forEach(
            it ->
                controllers
                    .putObject(it.process())
                    .put("state", it.state())
                    .put("mode", it.mode().isEmpty() ? null : it.mode())
                    .put("detail", it.detail()));
    return node;
  }

  private static ObjectNode answer(StatusReport.Answer answer) {
    return object().put("state", answer.state().name()).put("detail", answer.detail());
  }

  private static ObjectNode reader(StatusReport.ReaderStatus reader) {
    ObjectNode node = object().put("state", reader.state()).put("detail", reader.detail());
    node.set("journaled", mark(reader.journaled()));
    ObjectNode database = node.putObject("source");
    database.setAll(answer(reader.database()));
    database.put(
        "position",
        reader.logEnd().map(LogEnd::position).map(position -> position.encoded()).orElse(null));
    ObjectNode lag = node.putObject("lag");
    lag.put("seconds", seconds(reader.lag().time()));
    put(lag, "bytes", reader.lag().bytes());
    return node;
  }

  private static ObjectNode standby(StatusReport.StandbyStatus standby) {
    ObjectNode node = object().put("state", standby.state()).put("detail", standby.detail());
    node.set("applied", mark(standby.applied()));
    ObjectNode lag = node.putObject("lag");
    lag.put("seconds", seconds(standby.lag().time()));
    put(lag, "transactions", standby.lag().transactions());
    put(lag, "bytes", standby.lag().bytes());
    node.set("verified", verified(standby.verified()));
    return node;
  }

  private static com.fasterxml.jackson.databind.JsonNode verified(
      Optional<VerificationFact> verified) {
    return verified
        .<com.fasterxml.jackson.databind.JsonNode>map(
            it ->
                object()
                    .put("at", it.at().toString())
                    .put("sequence", it.sequence().value())
                    .put("result", it.result()))
        .orElseGet(JsonNodeFactory.instance::nullNode);
  }

  private static com.fasterxml.jackson.databind.JsonNode mark(Optional<Mark> mark) {
    return mark.<com.fasterxml.jackson.databind.JsonNode>map(
            it ->
                object()
                    .put("sequence", it.sequence().value())
                    .put("position", it.position().encoded())
                    .put("commitTime", it.commitTime().toString()))
        .orElseGet(JsonNodeFactory.instance::nullNode);
  }

  private static BigDecimal seconds(Optional<Duration> lag) {
    return lag.map(it -> BigDecimal.valueOf(it.toMillis(), MILLIS)).orElse(null);
  }

  private static void put(ObjectNode node, String name, OptionalLong value) {
    if (value.isPresent()) {
      node.put(name, value.getAsLong());
    } else {
      node.putNull(name);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
