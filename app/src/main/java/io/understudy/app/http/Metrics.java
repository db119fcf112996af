package io.understudy.app.http;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.understudy.app.status.Lag;
import io.understudy.app.status.StatusReport;
import io.understudy.app.status.StatusReport.StandbyStatus;
import io.understudy.journal.DatabaseName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The status as metrics for Prometheus, and those of the JVM. What is not known at the time of a
 * scrape is not in it: no gauge keeps an old value.
 */
final class Metrics implements AutoCloseable {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Set<String> AT_WORK = Set.of("STREAMING", "FOLLOWING");

  private static final Set<String> AWAY = Set.of("UNREACHABLE", "UNUSABLE");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Map<String, MultiGauge> gauges = new LinkedHashMap<>();

  Metrics(String mirror) {
    registry.config().commonTags("mirror", mirror);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
    gauge("lag.seconds", "How long ago the last commit that the standby has was made");
    gauge("lag.transactions", "Transactions in the journal that the standby has not");
    gauge("lag.bytes", "Bytes of the source's log that the standby has not");
    gauge("applied.sequence", "Number of the last transaction applied");
    gauge("journaled.sequence", "Number of the last transaction in the journal");
    gauge("reader.lag.seconds", "How long ago the last commit that the journal has was made");
    gauge("reader.lag.bytes", "Bytes of the source's log that the journal has not");
    gauge("role.up", "Whether a role is at work");
    gauge("database.up", "Whether a database answers");
    gauge("journal.up", "Whether the journal answers");
    gauge("epoch", "The epoch of the mirror");
    gauge("failover.controllers", "How many controllers watch the source");
    gauge("failover.leaders", "How many of them say that they lead");
  }

  private void gauge(String name, String description) {
    gauges.put(
        name, MultiGauge.builder("understudy." + name).description(description).register(registry));
  }

  /** The text of one scrape. */
  synchronized String scrape(StatusReport status) {
    Map<String, List<Row<?>>> rows = new LinkedHashMap<>();
    gauges.keySet().forEach(name -> rows.put(name, new ArrayList<>()));
    mirror(status, rows);
    controllers(status, rows);
    status.standbys().forEach((name, standby) -> standby(name, standby, rows));
    rows.forEach((name, found) -> gauges.get(name).register(found, true));
    return registry.scrape(CONTENT_TYPE);
  }

  private static void mirror(StatusReport status, Map<String, List<Row<?>>> rows) {
    StatusReport.ReaderStatus reader = status.reader();
    String source = status.source().map(DatabaseName::value).orElse("");
    status.epoch().ifPresent(epoch -> add(rows, "epoch", Tags.empty(), epoch.value()));
    add(rows, "journal.up", Tags.empty(), status.journal().reachable() ? 1 : 0);
    reader
        .journaled()
        .ifPresent(mark -> add(rows, "journaled.sequence", Tags.empty(), mark.sequence().value()));
    lag(rows, "reader.", Tags.empty(), reader.lag());
    up(rows, "reader", source, reader.state());
    if (!source.isEmpty()) {
      add(rows, "database.up", Tags.of("database", source), reader.database().reachable() ? 1 : 0);
    }
  }

  private static void controllers(StatusReport status, Map<String, List<Row<?>>> rows) {
    List<StatusReport.ControllerStatus> working =
        status.controllers().stream().filter(it -> !it.mode().isEmpty()).toList();
    if (!status.controllers().isEmpty()) {
      add(rows, "failover.controllers", Tags.empty(), working.size());
      add(
          rows,
          "failover.leaders",
          Tags.empty(),
          working.stream().filter(StatusReport.ControllerStatus::leads).count());
    }
  }

  private static void standby(
      DatabaseName name, StandbyStatus standby, Map<String, List<Row<?>>> rows) {
    Tags tags = Tags.of("standby", name.value());
    lag(rows, "", tags, standby.lag());
    standby
        .applied()
        .ifPresent(mark -> add(rows, "applied.sequence", tags, mark.sequence().value()));
    up(rows, "applier", name.value(), standby.state());
    boolean reachable = !AWAY.contains(standby.state());
    add(rows, "database.up", Tags.of("database", name.value()), reachable ? 1 : 0);
  }

  private static void lag(Map<String, List<Row<?>>> rows, String prefix, Tags tags, Lag lag) {
    lag.time().ifPresent(time -> add(rows, prefix + "lag.seconds", tags, time.toMillis() / 1000.0));
    lag.bytes().ifPresent(bytes -> add(rows, prefix + "lag.bytes", tags, bytes));
    lag.transactions().ifPresent(count -> add(rows, "lag.transactions", tags, count));
  }

  private static void up(
      Map<String, List<Row<?>>> rows, String role, String database, String state) {
    Tags tags = Tags.of("role", role, "database", database);
    add(rows, "role.up", tags, AT_WORK.contains(state) ? 1 : 0);
  }

  private static void add(Map<String, List<Row<?>>> rows, String name, Tags tags, Number value) {
    rows.get(name).add(Row.of(tags, value));
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
