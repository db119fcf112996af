package io.understudy.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.understudy.connectors.Source;
import io.understudy.connectors.SourceLog;
import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Value;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.MysqlSettings;
import io.understudy.testkit.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading goes on behind the tail, whatever happened to the server in between. */
class MysqlResumeIT {
  private static final String T = "CREATE TABLE t (id int PRIMARY KEY, v varchar(1000))";

  private static List<String> ids(List<Transaction> transactions) {
    return transactions.stream()
        .flatMap(t -> t.changes().stream())
        .map(c -> ((Value.Text) ((Change.Insert) c).after().get(0)).text())
        .toList();
  }

  private static Position last(List<Transaction> read, Position otherwise) {
    return read.isEmpty() ? otherwise : read.get(read.size() - 1).position();
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  @ParameterizedTest
  @CsvSource({"MYSQL,true", "MYSQL,false", "MARIADB,true", "MARIADB,false"})
  void overRotationRestartAndKill(MysqlProduct product, boolean gtid) throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product).withGtid(gtid));
        SourceRig rig = SourceRig.with(server, T)) {
      Position tail = rig.prepare();
      List<Transaction> all = new ArrayList<>();
      int id = 0;
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 5; i++) {
          rig.sql("INSERT INTO t VALUES (" + id++ + ", 'x')");
        }
        if (round == 0) {
          rig.sql("FLUSH BINARY LOGS");
        } else if (round == 1) {
          server.restart();
        } else {
          server.kill9();
          server.startAgain();
        }
        if (round > 0) {
          rig.reconnect();
          rig.awaitBack();
        }
        rig.sql("INSERT INTO t VALUES (" + id++ + ", 'x')");
        List<Transaction> read = rig.readFrom(tail);
        all.addAll(read);
        tail = last(read, tail);
      }
      assertThat(ids(all)).isEqualTo(numbers(id));
      assertThat(tail.encoded().contains(";")).isEqualTo(gtid || product == MysqlProduct.MARIADB);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReaderAtWorkNoticesThatTheServerWent(MysqlProduct product) throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product));
        SourceRig rig = SourceRig.with(server, T)) {
      Position tail = rig.prepare();
      try (LogTap log = rig.open(tail)) {
        server.kill9();
        Throwable failure =
            catchThrowable(
                () -> {
                  while (true) {
                    log.poll();
                  }
                });
        assertThat(failure).isInstanceOf(MirrorException.Transient.class);
      }
      server.startAgain();
      rig.reconnect();
      rig.awaitBack();
      rig.sql("INSERT INTO t VALUES (0, 'x')");
      assertThat(ids(rig.readFrom(tail))).containsExactly("0");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSilentNetworkIsNoticed(MysqlProduct product) throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product));
        TcpProxy proxy = TcpProxy.to(server.host(), server.port());
        SourceRig rig = SourceRig.with(server, T)) {
      Position tail = rig.prepare();
      String url =
          server.jdbcUrl(rig.database).replace(":" + server.port() + "/", ":" + proxy.port() + "/");
      try (Source source = rig.source(url, server.user());
          SourceLog log = source.open(source.identity(), tail)) {
        proxy.blackHole();
        long start = System.nanoTime();
        Throwable failure =
            catchThrowable(
                () -> {
                  while (true) {
                    log.poll(Duration.ofMillis(100));
                  }
                });
        assertThat(failure).isInstanceOf(MirrorException.Transient.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLargeTransactionCutInTheMiddleComesAgainWhole(MysqlProduct product) throws Exception {
    try (MysqlServer server =
            MysqlServer.start(MysqlSettings.of(product).with("max_binlog_size", "1048576"));
        SourceRig rig = SourceRig.with(server, T)) {
      Position tail = rig.prepare();
      rig.sql(
          "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i <"
              + " 900) SELECT a.i * 901 + b.i, repeat('x', 100) FROM n a JOIN n b WHERE a.i < 220");
      int rows = 220 * 901;
      try (SourceLog log = rig.source.open(rig.source.identity(), tail)) {
        await()
            .untilAsserted(
                () -> assertThat(log.poll(Duration.ofMillis(100))).hasSizeGreaterThan(2));
      }
      server.kill9();
      server.startAgain();
      rig.reconnect();
      rig.awaitBack();
      List<Transaction> read = rig.readFrom(tail);
      assertThat(read).hasSize(1);
      assertThat(read.get(0).changes()).hasSize(rows);
    }
  }
}
