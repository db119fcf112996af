package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.understudy.connectors.InitialCopy;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The copy and the log fit together without seam or overlap. */
class PostgresCopyIT {
  private static PostgresServer server;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(PostgresSettings.defaults());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void noChangeIsMissedOrDoubledBetweenCopyAndLog() throws Exception {
    try (SourceRig rig =
            SourceRig.with(server, "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL)");
        Replica replica = Replica.of(rig);
        Writers writers = new Writers(rig, 4)) {
      rig.sql("INSERT INTO t SELECT g, 0 FROM generate_series(1, 500) g");
      writers.start();
      writers.awaitMore();
      Lsn start;
      try (InitialCopy copy = rig.source.prepare()) {
        start = (Lsn) copy.position();
        writers.awaitMore();
        replica.load(copy);
      }
      writers.stop();
      List<Transaction> read = rig.readFrom(start);
      assertThat(read).isNotEmpty();
      replica.apply(read);
      replica.assertSameAs(rig);
    }
  }

  /** Sessions that change rows at random until they are stopped. */
  private static final class Writers implements AutoCloseable {
    private final SourceRig rig;
    private final ExecutorService threads;
    private final int count;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger committed = new AtomicInteger();
    private final List<Future<Void>> running = new ArrayList<>();

    private Writers(SourceRig rig, int count) {
      this.rig = rig;
      this.count = count;
      this.threads = Executors.newFixedThreadPool(count);
    }

    private void start() {
      for (int i = 0; i < count; i++) {
        int own = i;
        Callable<Void> writer =
            () -> {
              write(own);
              return null;
            };
        running.add(threads.submit(writer));
      }
    }

    private void write(int own) throws SQLException {
      Random random = new Random(own);
      try (Connection connection = rig.server.connect(rig.database);
          Statement statement = connection.createStatement()) {
        for (int i = 0; !stopping.get(); i++) {
          int id = 1000 * (own + 1) + i;
          int old = 1 + own + count * random.nextInt(100);
          statement.execute(
              "BEGIN; INSERT INTO t VALUES (%d, 1); UPDATE t SET n = n + 1 WHERE id = %d;"
                      .formatted(id, old)
                  + "DELETE FROM t WHERE id = %d; COMMIT".formatted(id - 7));
          committed.incrementAndGet();
        }
      }
    }

    private void awaitMore() {
      int now = committed.get();
      await().until(() -> committed.get() > now + 100);
    }

    private void stop() throws Exception {
      stopping.set(true);
      for (Future<Void> writer : running) {
        writer.get();
      }
    }

    @Override
    public void close() {
      stopping.set(true);
      threads.shutdown();
    }
  }

  @Test
  void anInterruptedPreparationIsReplacedByTheNext() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      Lsn first = rig.prepare();
      rig.sql("INSERT INTO t VALUES ('v')", "CREATE TABLE u (v text PRIMARY KEY)");
      try (InitialCopy second = rig.source.prepare()) {
        assertThat((Lsn) second.position()).isGreaterThan(first);
        assertThat(second.tables()).hasSize(2);
        assertThat(rows(second, "t")).isEqualTo(1);
        assertThat(rig.confirmed()).isEqualTo(second.position());
      }
      assertThat(rig.ask("SELECT count(*) FROM pg_replication_slots")).isEqualTo("1");
      rig.sql("INSERT INTO u VALUES ('w')");
      assertThat(rig.changesFrom(rig.confirmed())).hasSize(1);
    }
  }

  private static long rows(InitialCopy copy, String table) throws IOException {
    for (Relation relation : copy.tables()) {
      if (relation.table().equals(new TableName("public", table))) {
        return copy.copy(relation, OutputStream.nullOutputStream());
      }
    }
    throw new AssertionError("no table " + table);
  }

  @Test
  void preparingWhileTheMirrorIsReadIsRefused() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      Lsn start = rig.prepare();
      try (LogTap log = rig.open(start)) {
        rig.sql("INSERT INTO t VALUES ('v')");
        rig.readOn(log);
        MirrorException.Operator refused =
            catchThrowableOfType(MirrorException.Operator.class, rig.source::prepare);
        assertThat(refused).hasMessageContaining("in use by process");
        assertThat(refused.remedy()).contains("stop the reader");
        rig.sql("INSERT INTO t VALUES ('w')");
        assertThat(rig.readOn(log)).hasSize(1);
      }
    }
  }

  @Test
  void noTableChangesItsShapeUntilTheCopyIsDone() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      rig.sql("INSERT INTO t SELECT g::text FROM generate_series(1, 100) g");
      try (InitialCopy copy = rig.source.prepare()) {
        rig.sql("SET lock_timeout = 100");
        assertThatThrownBy(
                () -> rig.sql("ALTER TABLE t ADD COLUMN w timestamptz DEFAULT clock_timestamp()"))
            .hasMessageContaining("lock timeout");
        assertThatThrownBy(() -> rig.sql("TRUNCATE t")).hasMessageContaining("lock timeout");
        rig.sql("DELETE FROM t");
        assertThat(rows(copy, "t")).isEqualTo(100);
      }
      rig.sql("ALTER TABLE t ADD COLUMN w timestamptz DEFAULT clock_timestamp()");
    }
  }

  @Test
  void aParentsRowsAndItsChildrensAreCopiedOnceEach() throws Exception {
    try (SourceRig rig =
            SourceRig.with(
                server,
                "CREATE TABLE parent (id int PRIMARY KEY)",
                "CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent)",
                "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY HASH (id)",
                "CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
        Replica replica = Replica.of(rig)) {
      rig.sql(
          "INSERT INTO parent VALUES (1), (2)",
          "INSERT INTO child VALUES (3), (4)",
          "INSERT INTO parted SELECT generate_series(1, 50)");
      Lsn start;
      try (InitialCopy copy = rig.source.prepare()) {
        start = (Lsn) copy.position();
        replica.load(copy);
      }
      replica.assertSameAs(rig);
      rig.sql(
          "UPDATE parent SET id = id + 10",
          "UPDATE parted SET id = id + 100",
          "TRUNCATE ONLY parent");
      replica.apply(rig.readFrom(start));
      replica.assertSameAs(rig);
    }
  }

  @Test
  void anEstimateIsThereOnceTheTableWasAnalyzed() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      rig.sql("INSERT INTO t SELECT g::text FROM generate_series(1, 1000) g");
      try (InitialCopy copy = rig.source.prepare()) {
        assertThat(copy.estimatedRows(copy.tables().get(0).table())).isZero();
      }
      rig.sql("ANALYZE t");
      try (InitialCopy copy = rig.source.prepare()) {
        assertThat(copy.estimatedRows(copy.tables().get(0).table())).isEqualTo(1000);
      }
    }
  }
}
