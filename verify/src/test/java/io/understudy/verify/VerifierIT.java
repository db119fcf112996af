package io.understudy.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.TableName;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Compares two databases that nobody changes, with differences planted. */
class VerifierIT {
  private static final VerifyLimits FAST = new VerifyLimits(2, 100, 100, 1_000);
  private static final AtomicInteger COUNT = new AtomicInteger();

  private static PostgresServer server;
  private final String source = "source" + COUNT.incrementAndGet();
  private final String standby = "standby" + COUNT.get();

  @BeforeAll
  static void start() {
    server = PostgresServer.start(PostgresSettings.defaults());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void findsARowOfEachKindWhereverItStandsInALargeTable() throws Exception {
    both("CREATE TABLE t (a int, b text, v text, PRIMARY KEY (a, b))");
    both(
        "INSERT INTO t SELECT n / 3, 'k' || n, repeat('v', 200) FROM generate_series(1, 150000) n");
    both("ANALYZE t");
    on(standby, "DELETE FROM t WHERE b = 'k1'");
    on(standby, "UPDATE t SET v = NULL WHERE b = 'k75001'");
    on(standby, "INSERT INTO t VALUES (50001, '', '')");

    TableResult result = compare("t");

    assertThat(result.rows()).isEqualTo(150_000);
    assertThat(result.complete()).isTrue();
    assertThat(result.differences())
        .extracting(RowDifference::kind, RowDifference::key, RowDifference::columns)
        .containsExactlyInAnyOrder(
            row(RowDifference.Kind.MISSING, Map.of("a", "0", "b", "k1"), List.of()),
            row(RowDifference.Kind.DIFFERENT, Map.of("a", "25000", "b", "k75001"), List.of("v")),
            row(RowDifference.Kind.EXTRA, Map.of("a", "50001", "b", ""), List.of()));
  }

  @Test
  void sortsByAnEnumThatHasAnotherOrderOnTheOtherSide() throws Exception {
    on(source, "CREATE TYPE e AS ENUM ('a', 'b', 'c')");
    on(standby, "CREATE TYPE e AS ENUM ('c', 'b', 'a')");
    both("CREATE TABLE t (k e, n int, v int, PRIMARY KEY (k, n))");
    both(
        "INSERT INTO t SELECT k, n, n FROM unnest(enum_range(NULL::e)) k, generate_series(1, 5000) n");
    assertThat(compare("t").outcome()).isEqualTo(TableResult.Outcome.IDENTICAL);

    on(standby, "UPDATE t SET v = 0 WHERE k = 'b' AND n = 77");

    assertThat(compare("t").differences())
        .extracting(RowDifference::kind, RowDifference::key, RowDifference::columns)
        .containsExactly(
            row(RowDifference.Kind.DIFFERENT, Map.of("k", "b", "n", "77"), List.of("v")));
  }

  @Test
  void countsEqualRowsOfATableWithoutAKey() throws Exception {
    both("CREATE TABLE t (v text, j json)");
    both(
        "INSERT INTO t SELECT 'v' || n % 1000, '{\"a\": 1, \"a\":2}' FROM generate_series(1, 40000) n");
    on(standby, "INSERT INTO t SELECT * FROM t WHERE v = 'v7' LIMIT 2");
    on(standby, "UPDATE t SET v = 'v9 ' WHERE ctid = (SELECT min(ctid) FROM t WHERE v = 'v9')");

    assertThat(compare("t").differences())
        .extracting(RowDifference::kind, RowDifference::onSource, RowDifference::onStandby)
        .containsExactlyInAnyOrder(
            row(RowDifference.Kind.EXTRA, 40L, 42L),
            row(RowDifference.Kind.MISSING, 40L, 39L),
            row(RowDifference.Kind.EXTRA, 0L, 1L));
  }

  @Test
  void comparesAPartitionedTableAsAWholeWhereItIsCutInAnotherWay() throws Exception {
    both("CREATE TABLE p (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)");
    on(source, "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (500)");
    on(source, "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (500) TO (1001)");
    on(standby, "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (700)");
    on(standby, "CREATE TABLE p3 PARTITION OF p DEFAULT");
    both("INSERT INTO p SELECT n, 'x' FROM generate_series(1, 1000) n");

    List<TableResult> results = compareAll("p1", "p2");

    assertThat(results).hasSize(1);
    assertThat(results.get(0).table()).isEqualTo(new TableName("public", "p"));
    assertThat(results.get(0).outcome()).isEqualTo(TableResult.Outcome.IDENTICAL);
    assertThat(results.get(0).rows()).isEqualTo(1000);

    on(standby, "UPDATE p SET v = 'y' WHERE id = 600");
    assertThat(compareAll("p1", "p2").get(0).differences())
        .extracting(RowDifference::key)
        .containsExactly(Map.of("id", "600"));
  }

  @Test
  void tellsWhatLooksAlikeButIsNot() throws Exception {
    both(
        "CREATE TABLE t (id int PRIMARY KEY, f float8, n numeric, s text, c char(5), a int[],"
            + " d text GENERATED ALWAYS AS (s || '!') STORED)");
    both("INSERT INTO t SELECT n, 0, 1.0, '', 'x', '{1,NULL}' FROM generate_series(1, 8) n");
    on(standby, "UPDATE t SET f = '-0' WHERE id = 1");
    on(standby, "UPDATE t SET n = 1.00 WHERE id = 2");
    on(standby, "UPDATE t SET s = NULL WHERE id = 3");
    on(standby, "UPDATE t SET s = ' ' WHERE id = 4");
    on(standby, "UPDATE t SET a = '[0:1]={1,NULL}' WHERE id = 5");

    assertThat(compare("t").differences())
        .extracting(RowDifference::key, RowDifference::columns)
        .containsExactlyInAnyOrder(
            row(Map.of("id", "1"), List.of("f")),
            row(Map.of("id", "2"), List.of("n")),
            row(Map.of("id", "3"), List.of("s", "d")),
            row(Map.of("id", "4"), List.of("s", "d")),
            row(Map.of("id", "5"), List.of("a")));
  }

  @Test
  void noticesATableThatIsEmptiedUnderTheSnapshot() throws Exception {
    both("CREATE TABLE t (id int PRIMARY KEY)");
    both("INSERT INTO t SELECT generate_series(1, 10)");
    try (Verifier verifier = verifier(FAST)) {
      on(standby, "TRUNCATE t");
      TableResult result = verifier.compare(List.of(new TableName("public", "t"))).get(0);
      assertThat(result.outcome()).isEqualTo(TableResult.Outcome.AGAIN);
      assertThat(result.detail()).contains("public.t", "the standby");
    }
  }

  @Test
  void stopsLookingAtTheLimitAndSaysSo() throws Exception {
    both("CREATE TABLE t (id int PRIMARY KEY, v int)");
    both("CREATE TABLE u (v int)");
    on(source, "INSERT INTO t SELECT n, n FROM generate_series(1, 500) n");
    on(source, "INSERT INTO u SELECT n FROM generate_series(1, 500) n");
    try (Verifier verifier = verifier(new VerifyLimits(1, 100, 100, 7))) {
      for (TableResult result :
          verifier.compare(List.of(new TableName("public", "t"), new TableName("public", "u")))) {
        assertThat(result.differences()).hasSize(7);
        assertThat(result.complete()).isFalse();
        assertThat(result.outcome()).isEqualTo(TableResult.Outcome.DIFFERENT);
      }
    }
  }

  @Test
  void comparesTablesOfNoColumnAndOfManyAndWithOddNames() throws Exception {
    String many =
        Stream.iterate(1, n -> n + 1)
            .limit(1_599)
            .map(n -> "c" + n + " int")
            .reduce("id int PRIMARY KEY", (a, b) -> a + ", " + b);
    both("CREATE TABLE wide (" + many + ")");
    both("CREATE TABLE bare ()");
    both("CREATE TABLE \"a.\"\"b' 😀\" (\"x y\" int PRIMARY KEY, \"Z\" text)");
    both("INSERT INTO wide (id, c1599) VALUES (1, 2)");
    both("INSERT INTO bare SELECT FROM generate_series(1, 3)");
    both("INSERT INTO \"a.\"\"b' 😀\" VALUES (1, 'x')");
    assertThat(compareAll("wide", "bare", "a.\"b' 😀"))
        .extracting(TableResult::outcome)
        .containsOnly(TableResult.Outcome.IDENTICAL);

    on(standby, "UPDATE wide SET c800 = 5");
    on(standby, "INSERT INTO bare DEFAULT VALUES");
    on(standby, "UPDATE \"a.\"\"b' 😀\" SET \"Z\" = 'X'");
    assertThat(compareAll("wide", "bare", "a.\"b' 😀"))
        .flatExtracting(TableResult::differences)
        .extracting(RowDifference::kind, RowDifference::columns)
        .containsExactlyInAnyOrder(
            row(RowDifference.Kind.DIFFERENT, List.of("c800")),
            row(RowDifference.Kind.EXTRA, List.of()),
            row(RowDifference.Kind.DIFFERENT, List.of("Z")));
  }

  VerifierIT() throws SQLException {
    server.createDatabase(source);
    server.createDatabase(standby);
  }

  private static org.assertj.core.groups.Tuple row(Object... values) {
    return org.assertj.core.groups.Tuple.tuple(values);
  }

  private TableResult compare(String table) throws InterruptedException {
    return compareAll(table).get(0);
  }

  private List<TableResult> compareAll(String... tables) throws InterruptedException {
    try (Verifier verifier = verifier(FAST)) {
      return verifier.compare(
          Stream.of(tables).map(table -> new TableName("public", table)).toList());
    }
  }

  private Verifier verifier(VerifyLimits limits) {
    return new Verifier(
        () -> snapshot(source),
        () -> snapshot(standby),
        limits,
        new VerifyProgress() {
          @Override
          public void planned(Map<TableName, Long> bytes) {}

          @Override
          public void compared(TableName table, double share) {
            assertThat(share).isBetween(0.0, 1.0);
          }

          @Override
          public void done(TableResult result) {}
        });
  }

  /** Nobody writes here, so any snapshot will do. */
  private static Connection snapshot(String database) throws SQLException {
    Connection connection = server.connect(database);
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
    return connection;
  }

  private void both(String sql) throws SQLException {
    on(source, sql);
    on(standby, sql);
  }

  private static void on(String database, String sql) throws SQLException {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
