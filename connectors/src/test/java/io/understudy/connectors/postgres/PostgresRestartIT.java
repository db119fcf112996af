package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.Change;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is interrupted wherever: behind the journal's tail, nothing is missing or doubled. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES", "DEBEZIUM"})
class PostgresRestartIT {
  @Parameter Reading reading;

  private static PostgresServer server;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(PostgresSettings.defaults());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  /** What the journal would hold: transactions behind the tail, each once, in order. */
  private static final class Kept {
    private final List<Transaction> transactions = new ArrayList<>();
    private Lsn tail;

    private Kept(Lsn start) {
      tail = start;
    }

    private void add(List<Transaction> read) {
      for (Transaction transaction : read) {
        if (transaction.position().isAfter(tail)) {
          transactions.add(transaction);
          tail = transaction.position();
        }
      }
    }

    private List<String> values() {
      List<String> values = new ArrayList<>();
      for (Transaction transaction : transactions) {
        for (Change change : transaction.changes()) {
          values.add(((Value.Text) ((Change.Insert) change).after().get(0)).text());
        }
      }
      return values;
    }
  }

  @RepeatedTest(3)
  void interleavedTransactionsSurviveAnyNumberOfRestarts(RepetitionInfo repetition)
      throws Exception {
    long seed = Long.getLong("seed", System.nanoTime() + repetition.getCurrentRepetition());
    Random random = new Random(seed);
    try (SourceRig rig = SourceRig.with(reading, server, "CREATE TABLE t (v text PRIMARY KEY)");
        Clients clients = new Clients(rig, 5, random)) {
      Kept kept = new Kept(rig.prepare());
      for (int restart = 0; restart < 12; restart++) {
        clients.work(random.nextInt(60));
        try (LogTap log = rig.open(kept.tail)) {
          clients.work(random.nextInt(30));
          for (int polls = random.nextInt(4); polls >= 0; polls--) {
            kept.add(log.poll());
            clients.work(random.nextInt(10));
            if (random.nextBoolean()) {
              log.acknowledge(kept.tail);
            }
          }
        }
      }
      clients.finish();
      try (LogTap log = rig.open(kept.tail)) {
        kept.add(rig.readOn(log));
      }
      assertThat(kept.values())
          .as("seed %d", seed)
          .containsExactlyElementsOf(clients.committedInOrder());
    }
  }

  /** Sessions whose transactions overlap at random. */
  private static final class Clients implements AutoCloseable {
    private final Random random;
    private final List<Connection> connections = new ArrayList<>();
    private final List<List<String>> pending = new ArrayList<>();
    private final List<String> committed = new ArrayList<>();
    private int next;

    private Clients(SourceRig rig, int count, Random random) throws SQLException {
      this.random = random;
      for (int i = 0; i < count; i++) {
        Connection connection = rig.server.connect(rig.database);
        connection.setAutoCommit(false);
        connections.add(connection);
        pending.add(new ArrayList<>());
      }
    }

    private void work(int steps) throws SQLException {
      for (int step = 0; step < steps; step++) {
        int client = random.nextInt(connections.size());
        switch (random.nextInt(6)) {
          case 0 -> commit(client);
          case 1 -> {
            connections.get(client).rollback();
            pending.get(client).clear();
          }
          case 2 -> insert(client, 2 + random.nextInt(5));
          default -> insert(client, 1);
        }
      }
    }

    private void insert(int client, int rows) throws SQLException {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        String value = client + "-" + next++;
        values.add("('" + value + "')");
        pending.get(client).add(value);
      }
      try (Statement statement = connections.get(client).createStatement()) {
        statement.execute("INSERT INTO t VALUES " + String.join(", ", values));
      }
    }

    private void commit(int client) throws SQLException {
      connections.get(client).commit();
      committed.addAll(pending.get(client));
      pending.get(client).clear();
    }

    private void finish() throws SQLException {
      for (int client = 0; client < connections.size(); client++) {
        commit(client);
      }
    }

    private List<String> committedInOrder() {
      return committed;
    }

    @Override
    public void close() throws SQLException {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  @Test
  void rowsOfOneCopyThatShareALogPositionAreNotSkippedAfterARestartInTheirMidst() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      Kept kept = new Kept(rig.prepare());
      rig.sql(
          "INSERT INTO t VALUES ('before')",
          "INSERT INTO t SELECT 'a' || g FROM generate_series(1, 2000) g",
          "COPY t FROM PROGRAM 'seq 1 2000'",
          "INSERT INTO t VALUES ('after')");
      for (int i = 0; i < 6; i++) {
        try (LogTap log = rig.open(kept.tail)) {
          // A poll holds at most 500 events: the log is closed within the transaction.
          kept.add(log.poll());
          if (i == 3) {
            log.acknowledge(kept.tail);
          }
        }
      }
      try (LogTap log = rig.open(kept.tail)) {
        kept.add(rig.readOn(log));
      }
      assertThat(kept.values()).hasSize(4002).doesNotHaveDuplicates();
      assertThat(kept.values().get(0)).contains("before");
      assertThat(kept.values().get(4001)).contains("after");
    }
  }

  @Test
  void nothingIsLostRightBehindAHeartbeat() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      Kept kept = new Kept(rig.prepare());
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        rig.source.beat();
        Lsn end = rig.end();
        try (LogTap log = rig.open(kept.tail)) {
          rig.source.beat();
          kept.add(log.readPast(end));
          log.acknowledge(kept.tail);
        }
        rig.sql("BEGIN; INSERT INTO t VALUES ('v" + i + "');");
        rig.source.beat();
        rig.sql("SELECT pg_logical_emit_message(true, 'mine', 'x'); COMMIT");
        expected.add("v" + i);
      }
      try (LogTap log = rig.open(kept.tail)) {
        kept.add(rig.readOn(log));
      }
      assertThat(kept.values()).isEqualTo(expected);
    }
  }

  @Test
  void onlyWhatWasAcknowledgedIsForgotten() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      Lsn start = rig.prepare();
      for (int i = 0; i < 50; i++) {
        rig.sql("INSERT INTO t VALUES ('v" + i + "')");
      }
      List<Transaction> first;
      try (LogTap log = rig.open(start)) {
        first = rig.readOn(log);
        assertThat(first).hasSize(50);
        log.acknowledge(first.get(19).position());
      }
      assertThat(rig.confirmed()).isEqualTo(first.get(19).position());
      assertThat(rig.readFrom(first.get(19).position())).isEqualTo(first.subList(20, 50));
      assertThat(rig.confirmed()).isEqualTo(first.get(19).position());
    }
  }

  @Test
  void anIdleSourcesSlotMovesOnWithHeartbeats() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      Kept kept = new Kept(rig.prepare());
      Lsn before = rig.confirmed();
      // Another database is busy, the mirrored one is not.
      try (Connection other = server.connect(PostgresServer.USER);
          Statement statement = other.createStatement()) {
        statement.execute("DROP TABLE IF EXISTS busy");
        statement.execute("CREATE TABLE busy AS SELECT generate_series(1, 50000)");
      }
      try (LogTap log = rig.open(kept.tail)) {
        kept.add(rig.readOn(log));
        rig.source.beat();
        Lsn end = rig.end();
        rig.source.beat();
        kept.add(log.readPast(end));
        log.acknowledge(kept.tail);
      }
      assertThat(rig.confirmed().bytesSince(before).orElseThrow()).isGreaterThan(1_000_000);
    }
  }

  @Test
  void aCrashingSourceLosesNothingThatItCommitted() throws Exception {
    PostgresSettings durable = PostgresSettings.defaults().with("fsync", "on");
    try (PostgresServer crashing = PostgresServer.start(durable)) {
      List<String> expected = new ArrayList<>();
      SourceRig rig = SourceRig.with(reading, crashing, "CREATE TABLE t (v text PRIMARY KEY)");
      Kept kept = new Kept(rig.prepare());
      for (int crash = 0; crash < 3; crash++) {
        try (Connection client = crashing.connect(rig.database);
            Statement statement = client.createStatement();
            LogTap log = rig.open(kept.tail)) {
          for (int i = 0; i < 30; i++) {
            String value = "c" + crash + "-" + i;
            statement.execute("INSERT INTO t VALUES ('" + value + "')");
            expected.add(value);
          }
          while (kept.values().size() < expected.size() - 15) {
            kept.add(log.poll());
          }
          if (crash % 2 == 0) {
            log.acknowledge(kept.tail);
          }
          crashing.kill9();
        }
        crashing.startAgain();
        rig.awaitBack();
      }
      Lsn end = rig.end();
      rig.source.beat();
      try (LogTap log = rig.open(kept.tail)) {
        kept.add(log.readPast(end));
      }
      assertThat(kept.values()).isEqualTo(expected);
      rig.source.close();
    }
  }
}
