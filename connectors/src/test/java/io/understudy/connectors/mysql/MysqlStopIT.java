package io.understudy.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.understudy.connectors.SourceIdentity;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.MysqlSettings;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading stops in front of whatever it cannot carry, or when the log is not the one it was. */
@ExtendWith(OneServer.class)
class MysqlStopIT {
  private static final String T = "CREATE TABLE t (id int PRIMARY KEY, v varchar(20))";

  /** What comes before is handed out, then the stop, again and again. */
  private static MirrorException.Operator stopped(SourceRig rig, Position before) throws Exception {
    try (LogTap log = rig.open(before)) {
      List<Transaction> read = new java.util.ArrayList<>();
      MirrorException.Operator stop =
          catchThrowableOfType(
              MirrorException.Operator.class,
              () -> {
                for (int i = 0; i < 300; i++) {
                  read.addAll(log.poll());
                }
              });
      assertThat(stop).isNotNull();
      assertThat(read).anySatisfy(t -> assertThat(t.changes()).hasSize(1));
      return stop;
    }
  }

  @ParameterizedTest
  @EnumSource
  void inFrontOfASchemaChange(MysqlProduct product) throws Exception {
    List<String> changes =
        List.of(
            "ALTER TABLE t ADD COLUMN w int",
            "/* hidden */ alter table `t` modify v varchar(30)",
            "DROP TABLE t",
            "TRUNCATE TABLE t",
            "RENAME TABLE t TO u",
            "CREATE TABLE fresh (id int PRIMARY KEY)",
            "CREATE TABLE fresh SELECT * FROM t",
            "CREATE INDEX i ON t (v)",
            "DROP DATABASE @");
    for (String change : changes) {
      try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
        Position before = rig.prepare();
        rig.sql("INSERT INTO t VALUES (1, 'secret')", change.replace("@", rig.database));
        if (change.startsWith("DROP DATABASE")) {
          rig.sql("CREATE DATABASE " + rig.database, "USE " + rig.database);
        }
        MirrorException.Operator stop = stopped(rig, before);
        assertThat(stop).as(change).hasMessageContaining("schema change");
        assertThat(stop.getMessage()).doesNotContain("secret");
        assertThat(stop.remedy()).contains("understudy init --again");
        assertThat(stopped(rig, before)).hasMessage(stop.getMessage());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void notInFrontOfWhatDoesNotConcernTheMirror(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      Position before = rig.prepare();
      String other = rig.database + "other";
      rig.sql(
          "CREATE DATABASE " + other,
          "CREATE TABLE " + other + ".t (id int PRIMARY KEY) ENGINE = MyISAM",
          "INSERT INTO " + other + ".t VALUES (1)",
          "CREATE TABLE " + other + ".s SELECT * FROM " + other + ".t",
          "ALTER TABLE " + other + ".t ADD COLUMN v int",
          "TRUNCATE " + other + ".t",
          "CREATE TEMPORARY TABLE scratch (id int)",
          "INSERT INTO scratch VALUES (1)",
          "DROP TEMPORARY TABLE scratch",
          "CREATE VIEW shown AS SELECT * FROM t",
          "ALTER VIEW shown AS SELECT id FROM t",
          "DROP VIEW shown",
          "CREATE PROCEDURE p() INSERT INTO t VALUES (7, 'seven')",
          "CALL p()",
          "DROP PROCEDURE p",
          "CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1",
          "DROP FUNCTION f",
          "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.v = 'set'",
          "INSERT INTO t VALUES (8, 'eight')",
          "DROP TRIGGER g",
          "CREATE USER '" + rig.database + "'@'%' IDENTIFIED BY 'x'",
          "GRANT SELECT ON *.* TO '" + rig.database + "'@'%'",
          "DROP USER '" + rig.database + "'@'%'",
          "ANALYZE TABLE t",
          "OPTIMIZE TABLE t",
          "FLUSH TABLES",
          "FLUSH PRIVILEGES",
          "SET autocommit = 0",
          "SAVEPOINT s",
          "INSERT INTO t VALUES (9, 'nine')",
          "ROLLBACK TO s",
          "INSERT INTO t VALUES (10, 'ten')",
          "COMMIT",
          "INSERT INTO t VALUES (11, 'eleven')",
          "ROLLBACK",
          "SET autocommit = 1",
          "DROP DATABASE " + other);
      assertThat(rig.readFrom(before)).hasSize(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void inFrontOfAStatementInPlaceOfItsRows(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      Position before = rig.prepare();
      rig.sql(
          "INSERT INTO t VALUES (1, 'row')",
          "SET SESSION binlog_format = 'STATEMENT'",
          "INSERT INTO t VALUES (2, 'secret')");
      MirrorException.Operator stop = stopped(rig, before);
      assertThat(stop).hasMessageContaining("in place of the rows");
      assertThat(stop.getMessage()).doesNotContain("secret");
      assertThat(stop.remedy()).contains("binlog_format = 'ROW'");
    }
  }

  @ParameterizedTest
  @EnumSource
  void inFrontOfIncompleteRows(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      Position before = rig.prepare();
      rig.sql(
          "INSERT INTO t VALUES (1, 'row')",
          "SET SESSION binlog_row_image = 'MINIMAL'",
          "UPDATE t SET v = 'x'");
      MirrorException.Operator stop = stopped(rig, before);
      assertThat(stop).hasMessageContaining("incomplete rows");
      assertThat(stop.remedy()).contains("binlog_row_image = 'FULL'");
    }
  }

  @ParameterizedTest
  @EnumSource
  void atALogThatBeganAnew(MysqlProduct product) throws Exception {
    for (boolean gtid : List.of(true, false)) {
      try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product).withGtid(gtid));
          SourceRig rig = SourceRig.with(server, T)) {
        rig.prepare();
        rig.sql("FLUSH BINARY LOGS", "INSERT INTO t VALUES (1, 'x')");
        Position tail = rig.end();
        rig.sql("RESET MASTER", "INSERT INTO t VALUES (2, 'x')");
        MirrorException.Invariant stop =
            catchThrowableOfType(MirrorException.Invariant.class, () -> rig.open(tail));
        assertThat(stop).hasMessageContaining("went back in time");
        assertThat(stop.remedy()).contains("RESET MASTER");
        if (gtid) {
          rig.sql("FLUSH BINARY LOGS");
          for (int i = 3; i < 20; i++) {
            rig.sql("INSERT INTO t VALUES (" + i + ", 'x')");
          }
          // The files have grown past the tail again, the transactions tell.
          assertThat(stoppedByContent(rig, tail)).isNotNull();
        }
      }
    }
  }

  private static Throwable stoppedByContent(SourceRig rig, Position tail) {
    return org.assertj.core.api.Assertions.catchThrowable(
        () -> {
          try (LogTap log = rig.open(tail)) {
            for (int i = 0; i < 50; i++) {
              log.poll();
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void atPurgedLogs(MysqlProduct product) throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product));
        SourceRig rig = SourceRig.with(server, T)) {
      Position tail = rig.prepare();
      rig.sql("FLUSH BINARY LOGS", "INSERT INTO t VALUES (1, 'x')", "FLUSH BINARY LOGS");
      String last = rig.column("SHOW BINARY LOGS").get(2);
      await() // MariaDB keeps what its own recovery may still need
          .untilAsserted(
              () -> {
                rig.sql("PURGE BINARY LOGS TO '" + last + "'");
                assertThat(rig.column("SHOW BINARY LOGS")).hasSize(1);
              });
      MirrorException.Operator stop =
          catchThrowableOfType(MirrorException.Operator.class, () -> rig.open(tail));
      assertThat(stop).hasMessageContaining("removed binary logs that the journal lacks");
      assertThat(stop.remedy()).contains("binlog_expire_logs_seconds").contains("init --again");
    }
  }

  @ParameterizedTest
  @EnumSource
  void atAnotherServer(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      Position tail = rig.prepare();
      SourceIdentity is = rig.source.identity();
      SourceIdentity was = new SourceIdentity(is.engine(), "another", is.timeline(), is.keeper());
      MirrorException.Operator stop =
          catchThrowableOfType(MirrorException.Operator.class, () -> rig.source.open(was, tail));
      assertThat(stop).hasMessageContaining("is not the source that the journal was made from");
      assertThat(rig.source.identity()).isEqualTo(is);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLostHistoryIsRebuiltUnlessTheTablesChangedSince(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      Position tail = rig.prepare();
      rig.sql("INSERT INTO t VALUES (1, 'x')");
      rig.history.lose();
      assertThat(rig.changesFrom(tail)).hasSize(1);
      assertThat(rig.history.recall().orElseThrow().tables()).isEqualTo(rig.source.tables());
      rig.history.lose();
      rig.sql("ALTER TABLE t ADD COLUMN w int");
      MirrorException.Operator stop =
          catchThrowableOfType(MirrorException.Operator.class, () -> rig.open(tail));
      assertThat(stop).hasMessageContaining("history").hasMessageContaining("schema change");
    }
  }
}
