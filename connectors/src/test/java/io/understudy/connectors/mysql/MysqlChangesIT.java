package io.understudy.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.LogEnd;
import io.understudy.journal.Change;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import io.understudy.testkit.MysqlProduct;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transactions come whole, in order, with what identifies their rows. */
@ExtendWith(OneServer.class)
class MysqlChangesIT {
  private static final String T = "CREATE TABLE t (id int PRIMARY KEY, v varchar(20))";

  private static Row row(Object... values) {
    return new Row(
        java.util.Arrays.stream(values)
            .map(
                v ->
                    v == null
                        ? Value.NULL
                        : v instanceof Value value ? value : new Value.Text(v.toString()))
            .toList());
  }

  @ParameterizedTest
  @EnumSource
  void insertUpdateDeleteOfOneTransaction(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      Position before = rig.prepare();
      rig.sql(
          "BEGIN",
          "INSERT INTO t VALUES (1, 'one'), (2, NULL)",
          "UPDATE t SET v = 'uno' WHERE id = 1",
          "UPDATE t SET id = 3 WHERE id = 2",
          "DELETE FROM t WHERE id = 1",
          "COMMIT");
      List<Transaction> read = rig.readFrom(before);
      Relation t = rig.relation("t");
      assertThat(read).hasSize(1);
      assertThat(read.get(0).changes())
          .containsExactly(
              new Change.Insert(t, row(1, "one")),
              new Change.Insert(t, row(2, null)),
              new Change.Update(t, Optional.empty(), row(1, "uno")),
              new Change.Update(t, Optional.of(row(2, Value.UNCHANGED)), row(3, null)),
              new Change.Delete(t, row(1, Value.UNCHANGED)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTableWithoutKeyIsIdentifiedByWholeRows(MysqlProduct product) throws Exception {
    try (SourceRig rig =
        SourceRig.with(OneServer.of(product), "CREATE TABLE t (a int, b varchar(9))")) {
      Position before = rig.prepare();
      rig.sql("INSERT INTO t VALUES (1, 'x')", "UPDATE t SET a = 2", "DELETE FROM t");
      Relation t = rig.relation("t");
      assertThat(rig.changesFrom(before))
          .containsExactly(
              new Change.Insert(t, row(1, "x")),
              new Change.Update(t, Optional.of(row(1, "x")), row(2, "x")),
              new Change.Delete(t, row(2, "x")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whetherForeignKeysWereCheckedIsSaid(MysqlProduct product) throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            OneServer.of(product),
            "CREATE TABLE p (id int PRIMARY KEY)",
            "CREATE TABLE c (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES p (id)"
                + " ON DELETE CASCADE)")) {
      Position before = rig.prepare();
      rig.sql(
          "INSERT INTO p VALUES (1)",
          "SET foreign_key_checks = 0",
          "INSERT INTO c VALUES (1, 99)",
          "SET foreign_key_checks = 1",
          "INSERT INTO c VALUES (2, 1)",
          "DELETE FROM p");
      assertThat(rig.changesFrom(before))
          .extracting(Change::checked)
          .containsExactly(true, false, true, true);
    }
  }

  @ParameterizedTest
  @EnumSource
  void readingGoesOnBehindAnyCommit(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      Position before = rig.prepare();
      for (int i = 0; i < 20; i++) {
        rig.sql("INSERT INTO t VALUES (" + i + ", 'x')");
        if (i % 5 == 0) {
          rig.sql("FLUSH BINARY LOGS");
        }
      }
      List<Transaction> all = rig.readFrom(before);
      assertThat(all).hasSize(20);
      for (int i = 0; i < 20; i++) {
        assertThat(rig.readFrom(all.get(i).position()))
            .extracting(Transaction::id)
            .isEqualTo(all.subList(i + 1, 20).stream().map(Transaction::id).toList());
      }
      for (int i = 1; i < 20; i++) {
        assertThat(all.get(i).position().isAfter(all.get(i - 1).position())).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBeatIsATransactionWithoutChangesAtTheServersTime(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      Position before = rig.prepare();
      LogEnd end = rig.source.logEnd();
      rig.source.beat();
      try (LogTap log = rig.open(before)) {
        Transaction beat = log.readPast(end.position()).get(0);
        assertThat(beat.changes()).isEmpty();
        assertThat(Duration.between(beat.time(), Instant.now()).abs())
            .isLessThan(Duration.ofSeconds(20));
        assertThat(Duration.between(end.now(), Instant.now()).abs())
            .isLessThan(Duration.ofSeconds(20));
        assertThat(rig.source.hasReader()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCommitInTheEndIsAtTheEnd(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      Position before = rig.prepare();
      rig.sql("INSERT INTO t VALUES (1, 'x')");
      Position end = rig.end();
      Transaction read = rig.readFrom(before).get(0);
      assertThat(read.position().encoded()).isEqualTo(end.encoded());
    }
  }
}
