package io.understudy.benchmarks;

import io.understudy.connectors.LogReader;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.testkit.KafkaServer;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Drains one and the same backlog into a journal through each of PostgreSQL's readers, one after
 * the other: {@code make bench-reader}. Both slots are there before the backlog is made. Takes the
 * number of row changes as argument.
 */
final class ReaderBenchmark {
  private static final int ROWS = 500_000;
  private static final int WARM_UP_ROWS = 50_000;
  private static final long BITE_BEHIND = 64 << 20;

  private ReaderBenchmark() {}

  public static void main(String[] arguments) throws SQLException, InterruptedException {
    int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : ROWS;
    try (PostgresServer server = PostgresServer.start(PostgresSettings.defaults());
        KafkaServer kafka = KafkaServer.start();
        Connection client = server.connect(PostgresServer.USER)) {
      Backlog.prepare(client);
      DatabaseSettings database =
          new DatabaseSettings(
              new DatabaseName("source"),
              server.jdbcUrl(PostgresServer.USER),
              PostgresServer.USER,
              server.password(),
              Map.of());
      String brokers = kafka.bootstrapServers();
      warmUp(client, database, brokers);
      try (Drain bites = new Drain("bites", LogReader.NATIVE, BITE_BEHIND, database, brokers);
          Drain stream = new Drain("stream", LogReader.NATIVE, Long.MAX_VALUE, database, brokers);
          Drain debezium =
              new Drain("debezium", LogReader.DEBEZIUM, BITE_BEHIND, database, brokers)) {
        long bytes = Backlog.make(client, rows);
        System.out.printf("backlog: %,d row changes wanted, %,d MiB of log%n", rows, bytes >> 20);
        measure(List.of(bites, stream, debezium));
      }
    }
  }

  /** Lets the JVM compile, and the servers open, what all readers use before any is measured. */
  private static void warmUp(Connection client, DatabaseSettings database, String brokers)
      throws SQLException, InterruptedException {
    try (Drain bites = new Drain("warm1", LogReader.NATIVE, 0, database, brokers);
        Drain stream = new Drain("warm2", LogReader.NATIVE, Long.MAX_VALUE, database, brokers);
        Drain debezium = new Drain("warm3", LogReader.DEBEZIUM, 0, database, brokers)) {
      Backlog.make(client, WARM_UP_ROWS);
      bites.run();
      stream.run();
      debezium.run();
    }
    Backlog.empty(client);
  }

  private static void measure(List<Drain> drains) throws InterruptedException {
    Map<String, Double> rates = new LinkedHashMap<>();
    for (Drain drain : drains) {
      Duration took = drain.run();
      long changes = drain.changes();
      double rate = changes / (took.toMillis() / 1000.0);
      rates.put(drain.name(), rate);
      System.out.printf(
          Locale.ROOT,
          "%-9s %,9d row changes in %6.2f s: %,9.0f rows/s%n",
          drain.name(),
          changes,
          took.toMillis() / 1000.0,
          rate);
    }
    System.out.printf(
        Locale.ROOT,
        "native, in bites, against Debezium: %.1f times as fast%n",
        rates.get("bites") / rates.get("debezium"));
  }
}
