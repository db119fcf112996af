package io.understudy.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Row;
import io.understudy.journal.RowForm;
import io.understudy.journal.Value;
import io.understudy.testkit.MysqlProduct;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The copy and the log behind it meet: nothing is missing between them and nothing is twice. */
@ExtendWith(OneServer.class)
class MysqlCopyIT {
  private static final String T = "CREATE TABLE t (id int PRIMARY KEY, v int NOT NULL)";

  @ParameterizedTest
  @EnumSource
  void aSnapshotTakenUnderLoadMeetsTheLog(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T, "INSERT INTO t VALUES (0, 0)")) {
      AtomicBoolean stop = new AtomicBoolean();
      AtomicReference<Exception> failure = new AtomicReference<>();
      CountDownLatch atWork = new CountDownLatch(1);
      Thread load = new Thread(() -> load(rig, stop, atWork, failure));
      load.start();
      atWork.await();
      for (int round = 0; round < 5; round++) {
        Map<String, String> rows = new TreeMap<>();
        Position position;
        try (InitialCopy copy = rig.source.prepare(1)) {
          position = copy.position();
          for (String line : SourceRig.lines(copy, copy.tables().get(0))) {
            rows.put(line.split("\t", -1)[0], line.split("\t", -1)[1]);
          }
        }
        if (round == 4) {
          stop.set(true);
          load.join();
        }
        for (Change change : rig.changesFrom(position)) {
          apply(change, rows);
        }
        if (round == 4) {
          assertThat(rows.values().stream().map(Integer::valueOf).sorted().toList())
              .isEqualTo(
                  rig.column("SELECT v FROM t ORDER BY v").stream().map(Integer::valueOf).toList());
        }
      }
      assertThat(failure.get()).isNull();
    }
  }

  private static void load(
      SourceRig rig,
      AtomicBoolean stop,
      CountDownLatch atWork,
      AtomicReference<Exception> failure) {
    try (Connection connection = rig.server.connect(rig.database);
        Statement statement = connection.createStatement()) {
      for (int i = 1; !stop.get(); i++) {
        statement.execute("INSERT INTO t VALUES (" + i + ", " + i + ")");
        statement.execute("UPDATE t SET v = v + 1 WHERE id IN (0, " + i / 2 + ")");
        if (i % 3 == 0) {
          statement.execute("DELETE FROM t WHERE id = " + i);
        }
        atWork.countDown();
      }
    } catch (Exception e) {
      failure.set(e);
      atWork.countDown();
    }
  }

  /** Strictly: an insert of a row that is there, or a change of one that is not, fails. */
  private static void apply(Change change, Map<String, String> rows) {
    if (change instanceof Change.Insert insert) {
      assertThat(rows.put(text(insert.after(), 0), text(insert.after(), 1))).isNull();
    } else if (change instanceof Change.Update update) {
      assertThat(rows.put(text(update.after(), 0), text(update.after(), 1))).isNotNull();
    } else {
      assertThat(rows.remove(text(((Change.Delete) change).before(), 0))).isNotNull();
    }
  }

  private static String text(Row row, int column) {
    return ((Value.Text) row.get(column)).text();
  }

  @ParameterizedTest
  @EnumSource
  void noTableChangesItsShapeWhileItIsCopied(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      try (InitialCopy copy = rig.source.prepare(1)) {
        rig.sql("SET lock_wait_timeout = 1");
        SQLException held =
            catchThrowableOfType(
                SQLException.class, () -> rig.sql("ALTER TABLE t ADD COLUMN w int"));
        assertThat(held.getMessage()).contains("ock wait timeout");
        assertThat(copy.copy(copy.parts().get(0), RowForm.TEXT, OutputStream.nullOutputStream()))
            .isZero();
      }
      rig.sql("ALTER TABLE t ADD COLUMN w int");
    }
  }

  @ParameterizedTest
  @EnumSource
  void writersAreHeldForAMomentOnly(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      try (InitialCopy copy = rig.source.prepare(1)) {
        rig.sql("SET lock_wait_timeout = 1", "INSERT INTO t VALUES (1, 1)");
        assertThat(SourceRig.lines(copy, copy.tables().get(0))).isEmpty();
        assertThat(rig.readFrom(copy.position())).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "MYSQL")
  void aLongStatementInTheWayIsNamed(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      rig.sql("LOCK TABLES t WRITE");
      MirrorException.Operator refused =
          catchThrowableOfType(MirrorException.Operator.class, () -> rig.source.prepare(1));
      assertThat(refused).hasMessageContaining("global read lock");
      assertThat(refused.remedy()).contains("SHOW PROCESSLIST");
      rig.sql("UNLOCK TABLES");
      rig.prepare();
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyRowsStreamInLittleMemory(MysqlProduct product) throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            OneServer.of(product), "CREATE TABLE t (id int PRIMARY KEY, v varchar(2000))")) {
      rig.sql(
          "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i <"
              + " 700) SELECT a.i * 701 + b.i, repeat('x', 1900) FROM n a JOIN n b WHERE a.i < 100");
      try (InitialCopy copy = rig.source.prepare(1)) {
        assertThat(copy.parts()).singleElement().matches(CopyPart::isWhole);
        assertThat(copy.parts().get(0).bytes()).isPositive();
        System.gc();
        long before = used();
        long[] most = {0};
        long[] bytes = {0};
        long rows =
            copy.copy(
                copy.parts().get(0),
                RowForm.TEXT,
                new OutputStream() {
                  @Override
                  public void write(int b) {
                    throw new IllegalStateException();
                  }

                  @Override
                  public void write(byte[] line) {
                    bytes[0] += line.length;
                    if (bytes[0] % (20 << 20) < line.length) {
                      System.gc();
                      most[0] = Math.max(most[0], used() - before);
                    }
                  }
                });
        assertThat(rows).isEqualTo(70_100);
        assertThat(bytes[0]).isGreaterThan(100L << 20);
        assertThat(most[0]).isLessThan(20L << 20);
      }
    }
  }

  private static long used() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
