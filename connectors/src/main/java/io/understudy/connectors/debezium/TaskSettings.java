package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.PostgresConnector;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Debezium's settings for reading one slot. */
final class TaskSettings {
  /** How often the server hears from this reader, events or not. */
  static final Duration STATUS_INTERVAL = Duration.ofSeconds(1);

  private TaskSettings() {}

  static Map<String, String> of(LogSettings log) {
    Map<String, String> task = new HashMap<>();
    connection(log, task);
    slot(log, task);
    memory(log, task);

    // Debezium registers metrics under this name, and waits for minutes if it is taken.
    String unique = log.slot().slot() + "-" + UUID.randomUUID();
    task.put("name", unique);
    task.put("connector.class", PostgresConnector.class.getName());
    task.put("topic.prefix", unique);
    task.put("snapshot.mode", "no_data");
    task.put("table.include.list", includes(log.slot().tables().includes()));
    task.put("converters", "literal");
    task.put("literal.type", LiteralColumns.class.getName());
    task.put("include.unknown.datatypes", "true");
    task.put("binary.handling.mode", "bytes");
    task.put("skipped.operations", "none");
    task.put("tombstones.on.delete", "false");
    task.put("provide.transaction.metadata", "false");
    task.put("heartbeat.interval.ms", "0");
    task.put("event.processing.failure.handling.mode", "fail");
    task.put("event.converting.failure.handling.mode", "fail");
    task.put("errors.max.retries", "0");
    task.put("executor.shutdown.timeout.ms", "4000");
    return task;
  }

  private static void connection(LogSettings log, Map<String, String> task) {
    log.properties().forEach((name, value) -> task.put("driver." + name, value));
    task.put("driver." + SourceConnections.SERVER, log.server());
    task.put("driver." + SourceConnections.SESSION, log.session());
    task.put("database.connection.factory.class", SourceConnections.class.getName());
    // Host and port are required by Debezium; the factory connects by SERVER.
    task.put("database.hostname", "understudy");
    task.put("database.port", "5432");
    task.put("database.dbname", log.database());
    task.put("database.user", log.user());
    task.put("database.password", log.password());
  }

  private static void slot(LogSettings log, Map<String, String> task) {
    task.put("plugin.name", "pgoutput");
    task.put("slot.name", log.slot().slot());
    task.put("slot.drop.on.stop", "false");
    task.put("slot.max.retries", "0");
    task.put("publication.name", log.slot().publication());
    task.put("publication.autocreate.mode", "disabled");
    task.put("lsn.flush.mode", "connector");
    task.put("status.update.interval.ms", Long.toString(STATUS_INTERVAL.toMillis()));
    task.put("poll.interval.ms", "5");
  }

  private static void memory(LogSettings log, Map<String, String> task) {
    task.put("max.batch.size", Integer.toString(log.slot().maxBatchChanges()));
    task.put("max.queue.size", Integer.toString(2 * log.slot().maxBatchChanges()));
    task.put("max.queue.size.in.bytes", Long.toString(log.slot().maxBatchBytes()));
  }

  /**
   * The include patterns as regular expressions: they bound whose shape Debezium learns. What is
   * really kept is decided by {@link Mirrored}.
   */
  static String includes(List<String> globs) {
    return String.join(",", globs.stream().map(TaskSettings::regex).toList());
  }

  private static String regex(String glob) {
    StringBuilder regex = new StringBuilder();
    glob.codePoints()
        .forEach(
            c -> {
              if (c == '*') {
                regex.append("[\\s\\S]*");
              } else if (c < 128 && Character.isLetterOrDigit(c)) {
                regex.appendCodePoint(c);
              } else {
                regex.append("\\x{").append(Integer.toHexString(c)).append('}');
              }
            });
    return regex.toString();
  }
}
