package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The copy and the log fit together without seam or overlap. */
class PostgresCopyIT {
  private static final String WAITING =
      "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 't'::regclass"
          + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

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
      try (InitialCopy copy = rig.source.prepare(1)) {
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
      try (InitialCopy second = rig.source.prepare(1)) {
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
        return copy.copy(
            CopyPart.whole(relation, 0), RowForm.TEXT, OutputStream.nullOutputStream());
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
            catchThrowableOfType(MirrorException.Operator.class, () -> rig.source.prepare(1));
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
      try (InitialCopy copy = rig.source.prepare(1)) {
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
  void aTableThatSomebodyWantsToAlterIsCopiedByTheSessionThatLockedIt() throws Exception {
    try (SourceRig rig =
            SourceRig.with(
                server,
                "CREATE TABLE t (v text PRIMARY KEY)",
                "CREATE TABLE u (v text PRIMARY KEY)");
        Threads threads = new Threads()) {
      rig.sql("INSERT INTO t VALUES ('v'), ('w')", "INSERT INTO u VALUES ('v')");
      Future<Void> altered;
      try (InitialCopy copy = rig.source.prepare(3)) {
        assertThat(copy.inTheWayOf()).isEmpty();
        altered =
            threads.ask(
                () -> {
                  rig.sql("ALTER TABLE t ADD COLUMN w int");
                  return null;
                });
        await().until(() -> copy.inTheWayOf().isPresent());
        List<Future<Long>> copied = new ArrayList<>();
        for (String table : List.of("t", "u", "t")) {
          copied.add(threads.ask(() -> rows(copy, table)));
        }
        assertThat(copied.get(0).get(30, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(copied.get(1).get(30, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(copied.get(2).get(30, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(altered.isDone()).isFalse();
      }
      altered.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoeverWaitsForATableBeforeTheSnapshotGoesFirst() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)");
        Threads threads = new Threads()) {
      rig.prepare();
      List<Future<Void>> altered = new ArrayList<>();
      AtomicInteger locked = new AtomicInteger();
      try (InitialCopy copy =
          rig.source.beside(
              table -> true,
              2,
              end -> {
                if (locked.incrementAndGet() == 1) {
                  altered.add(
                      threads.ask(
                          () -> {
                            rig.sql("ALTER TABLE t ADD COLUMN w int");
                            return null;
                          }));
                  await().until(() -> isWaitedFor(rig));
                }
              })) {
        assertThat(locked).hasValue(2);
        altered.get(0).get(30, TimeUnit.SECONDS);
        assertThat(copy.tables().get(0).columns()).hasSize(2);
      }
    }
  }

  /** Asked by a session of its own: the rig's own may be the one that waits. */
  private static boolean isWaitedFor(SourceRig rig) throws SQLException {
    try (Connection connection = rig.server.connect(rig.database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(WAITING)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** Each thing in a thread of its own. */
  private static final class Threads implements AutoCloseable {
    private final ExecutorService service = Executors.newCachedThreadPool();

    private <T> Future<T> ask(Callable<T> work) {
      return service.submit(work);
    }

    @Override
    public void close() {
      service.shutdownNow();
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
      try (InitialCopy copy = rig.source.prepare(1)) {
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
  void theSizeOfATableIsKnown() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      rig.sql("INSERT INTO t SELECT g::text FROM generate_series(1, 10000) g");
      try (InitialCopy copy = rig.source.prepare(1)) {
        assertThat(copy.parts()).singleElement().matches(CopyPart::isWhole);
        assertThat(copy.parts().get(0).bytes()).isGreaterThan(100_000);
      }
    }
  }

  @Test
  void aLargeTableIsCopiedInPartsAtTheSameTime() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            server,
            "CREATE TABLE rows (id int PRIMARY KEY, filler text)",
            "ALTER TABLE rows ALTER filler SET STORAGE PLAIN",
            "CREATE TABLE large (id int PRIMARY KEY, filler text)",
            "ALTER TABLE large ALTER filler SET STORAGE EXTERNAL",
            "CREATE TABLE no_column ()",
            "ALTER TABLE no_column REPLICA IDENTITY FULL")) {
      rig.sql(
          "INSERT INTO rows SELECT g, repeat('x', 7000) FROM generate_series(1, 20000) g",
          "DELETE FROM rows WHERE id % 7 = 0",
          "INSERT INTO large SELECT g, repeat('y', 1000000) FROM generate_series(1, 140) g",
          "INSERT INTO no_column SELECT FROM generate_series(1, 3)");
      try (InitialCopy copy = rig.source.prepare(3)) {
        rig.sql(
            "DELETE FROM rows WHERE id < 15000",
            "INSERT INTO rows SELECT g, 'new' FROM generate_series(30000, 40000) g");
        assertThat(copy.sessions()).isEqualTo(3);
        assertThat(copy.parts().stream().map(part -> part.table().table().table()))
            .contains("no_column")
            .filteredOn("rows"::equals)
            .hasSizeGreaterThan(1);
        assertThat(ids(copy, "rows"))
            .isEqualTo(IntStream.rangeClosed(1, 20000).filter(id -> id % 7 != 0).boxed().toList());
        assertThat(ids(copy, "large")).isEqualTo(IntStream.rangeClosed(1, 140).boxed().toList());
        assertThat(rows(copy, "no_column")).isEqualTo(3);
      }
    }
  }

  /** Of all parts, copied by as many threads as there are parts; sorted, with duplicates. */
  private static List<Integer> ids(InitialCopy copy, String table) {
    return copy.parts().stream()
        .filter(part -> part.table().table().table().equals(table))
        .parallel()
        .flatMap(
            part -> {
              ByteArrayOutputStream out = new ByteArrayOutputStream();
              try {
                copy.copy(part, RowForm.TEXT, out);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return out.toString(StandardCharsets.US_ASCII)
                  .lines()
                  .map(line -> Integer.valueOf(line.substring(0, line.indexOf('\t'))));
            })
        .sorted()
        .toList();
  }

  @Test
  void closingEndsWhatIsBeingCopied() throws Exception {
    try (SourceRig rig = SourceRig.with(server, "CREATE TABLE t (v text PRIMARY KEY)")) {
      rig.sql("INSERT INTO t SELECT g::text FROM generate_series(1, 1000000) g");
      CountDownLatch began = new CountDownLatch(1);
      CountDownLatch closed = new CountDownLatch(1);
      OutputStream stuck =
          new OutputStream() {
            @Override
            public void write(int b) throws IOException {
              began.countDown();
              try {
                closed.await();
              } catch (InterruptedException e) {
                throw new InterruptedIOException();
              }
            }
          };
      Throwable[] end = {null};
      Thread copier;
      try (InitialCopy copy = rig.source.prepare(2)) {
        copier =
            new Thread(
                () ->
                    end[0] =
                        catchThrowable(() -> copy.copy(copy.parts().get(0), RowForm.TEXT, stuck)));
        copier.start();
        began.await();
      }
      closed.countDown();
      copier.join();
      assertThat(end[0]).isInstanceOf(MirrorException.Transient.class);
    }
  }
}
