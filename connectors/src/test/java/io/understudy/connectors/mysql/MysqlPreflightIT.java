package io.understudy.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.Obstacle;
import io.understudy.connectors.Source;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.MysqlSettings;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each obstacle is found, and gone once its remedy was followed. */
@ExtendWith(OneServer.class)
class MysqlPreflightIT {
  private static final String T = "CREATE TABLE t (id int PRIMARY KEY)";

  private static Obstacle only(SourceRig rig) {
    List<Obstacle> obstacles = rig.source.obstacles();
    assertThat(obstacles).hasSize(1);
    return obstacles.get(0);
  }

  /** The remedy up to where it stops being SQL. */
  private static String statement(Obstacle obstacle) {
    return obstacle.remedy().replaceFirst("(, or |; then ).*", "");
  }

  private static void followed(SourceRig rig, String object, String problem) throws SQLException {
    Obstacle obstacle = only(rig);
    assertThat(obstacle.object()).contains(object);
    assertThat(obstacle.sentence()).contains(problem);
    MirrorException.Operator refused =
        catchThrowableOfType(MirrorException.Operator.class, () -> rig.source.prepare(1));
    assertThat(refused).hasMessageContaining(problem);
    rig.sql(statement(obstacle));
    assertThat(rig.source.obstacles()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void tables(MysqlProduct product) throws Exception {
    Map<String, String> problems =
        Map.of(
            "CREATE TABLE x (id int PRIMARY KEY) ENGINE = MyISAM", "no transactions",
            "CREATE TABLE x (id int PRIMARY KEY, g int AS (id + 1) STORED)", "generated column g");
    for (Map.Entry<String, String> problem : problems.entrySet()) {
      try (SourceRig rig = SourceRig.with(OneServer.of(product), problem.getKey())) {
        followed(rig, rig.database + ".x", problem.getValue());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "MARIADB")
  void aTableThatKeepsItsFormerRows(MysqlProduct product) throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            OneServer.of(product),
            T,
            "CREATE SEQUENCE s",
            "CREATE TABLE x (id int PRIMARY KEY) WITH SYSTEM VERSIONING")) {
      assertThat(only(rig).problem()).contains("SYSTEM VERSIONED");
      rig.sql("DROP TABLE x");
      Position before = rig.prepare();
      rig.sql("SELECT nextval(s)", "INSERT INTO t VALUES (1)");
      assertThat(rig.readFrom(before)).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void columnTypesByTheirNames(MysqlProduct product) throws Exception {
    List<String> types =
        List.of("geometry", "point", "varchar(9) CHARACTER SET ucs2", "char(9) CHARACTER SET sjis");
    for (String type : types) {
      try (SourceRig rig =
          SourceRig.with(
              OneServer.of(product), "CREATE TABLE x (id int PRIMARY KEY, odd " + type + ")")) {
        Obstacle obstacle = only(rig);
        assertThat(obstacle.object()).isEqualTo("table " + rig.database + ".x");
        assertThat(obstacle.problem()).contains("column odd of type " + type.split("\\(", 2)[0]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCascadeThatComesFromOutside(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      String other = rig.database + "p";
      rig.sql(
          "CREATE DATABASE " + other,
          "CREATE TABLE " + other + ".p (id int PRIMARY KEY)",
          "CREATE TABLE c (id int PRIMARY KEY, p int, CONSTRAINT outward FOREIGN KEY (p)"
              + " REFERENCES "
              + other
              + ".p (id) ON DELETE SET NULL)");
      Obstacle obstacle = only(rig);
      assertThat(obstacle.problem()).contains("outward").contains(other + ".p");
      rig.sql("DROP TABLE c", "DROP DATABASE " + other);
      assertThat(rig.source.obstacles()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void noTableThatMatches(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product))) {
      assertThat(only(rig).problem()).contains("matches the include patterns");
    }
  }

  @ParameterizedTest
  @EnumSource
  void settingsThatCanBeChangedWhileTheServerRuns(MysqlProduct product) throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product));
        SourceRig rig = SourceRig.with(server, T)) {
      assertThat(rig.source.obstacles()).isEmpty();
      rig.sql("SET GLOBAL binlog_format = 'MIXED'");
      followed(rig, "binlog_format", "MIXED");
      rig.sql("SET GLOBAL binlog_row_image = 'MINIMAL'");
      followed(rig, "binlog_row_image", "MINIMAL");
      if (product == MysqlProduct.MYSQL) {
        rig.sql("SET GLOBAL binlog_row_value_options = 'PARTIAL_JSON'");
        followed(rig, "binlog_row_value_options", "PARTIAL_JSON");
        rig.sql("SET GLOBAL binlog_transaction_compression = ON");
        followed(rig, "binlog_transaction_compression", "ON");
      } else {
        rig.sql("SET GLOBAL log_bin_compress = ON");
        followed(rig, "log_bin_compress", "ON");
      }
      rig.sql("SET GLOBAL read_only = ON");
      assertThat(only(rig).problem()).contains("read-only");
      rig.sql("SET GLOBAL read_only = OFF");
      rig.prepare();
    }
  }

  @ParameterizedTest
  @EnumSource
  void noLogAtAll(MysqlProduct product) throws Exception {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product).withNoBinlog());
        SourceRig rig = SourceRig.with(server, T)) {
      Obstacle obstacle = only(rig);
      assertThat(obstacle.object()).isEqualTo("log_bin");
      assertThat(obstacle.remedy()).contains("option file").contains("restart");
    }
  }

  @ParameterizedTest
  @EnumSource
  void databasesLeftOutOfTheLog(MysqlProduct product) throws Exception {
    try (MysqlServer server =
            MysqlServer.start(MysqlSettings.of(product).with("binlog_ignore_db", "quiet"));
        SourceRig rig = SourceRig.with(server, T)) {
      Obstacle obstacle = only(rig);
      assertThat(obstacle.object()).isEqualTo("binlog_ignore_db");
      assertThat(obstacle.problem()).contains("quiet");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anOrdinaryUserNeedsOnlyWhatTheRemediesGrant(MysqlProduct product) throws Exception {
    MysqlServer server = OneServer.of(product);
    try (SourceRig rig = SourceRig.with(server, T, "INSERT INTO t VALUES (1)")) {
      rig.sql(
          "CREATE USER 'plain'@'%' IDENTIFIED BY '" + server.password() + "'",
          "GRANT SELECT ON " + rig.database + ".* TO 'plain'@'%'");
      try (Source source = rig.source(server.jdbcUrl(rig.database), "plain")) {
        List<Obstacle> obstacles = source.obstacles();
        assertThat(obstacles)
            .extracting(Obstacle::sentence)
            .satisfiesExactly(
                problem -> assertThat(problem).contains("lacks REPLICATION SLAVE"),
                problem -> assertThat(problem).contains("Understudy's own tables"));
        for (Obstacle obstacle : obstacles) {
          rig.sql(statement(obstacle));
        }
      }
      // What was granted on the whole server holds for sessions that begin after it.
      try (Source source = rig.source(server.jdbcUrl(rig.database), "plain")) {
        assertThat(source.obstacles()).isEmpty();
        Position position;
        try (InitialCopy copy = source.prepare(1)) {
          position = copy.position();
          assertThat(SourceRig.lines(copy, copy.tables().get(0))).containsExactly("1");
        }
        rig.sql("INSERT INTO t VALUES (2)");
        Position end = source.logEnd().position();
        source.beat();
        try (LogTap log = new LogTap(source.open(source.identity(), position))) {
          assertThat(log.readPast(end)).anySatisfy(t -> assertThat(t.changes()).hasSize(1));
          assertThat(source.hasReader()).isTrue();
        }
        source.forget();
      } finally {
        rig.sql("DROP USER 'plain'@'%'");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theUrlOfTheOtherProduct(MysqlProduct product) throws Exception {
    MysqlServer server = OneServer.of(product);
    try (SourceRig rig = SourceRig.with(server, T)) {
      String url = server.jdbcUrl(rig.database);
      String other =
          product == MysqlProduct.MYSQL
              ? url.replace("jdbc:mysql:", "jdbc:mariadb:")
              : url.replace("jdbc:mariadb:", "jdbc:mysql:");
      try (Source source = rig.source(other, server.user())) {
        MirrorException.Operator refused =
            catchThrowableOfType(MirrorException.Operator.class, source::identity);
        assertThat(refused).hasMessageContaining("is not");
        assertThat(refused.remedy())
            .contains(product == MysqlProduct.MYSQL ? "jdbc:mysql:" : "jdbc:mariadb:");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void checkingChangesNothing(MysqlProduct product) throws Exception {
    try (SourceRig rig = SourceRig.with(OneServer.of(product), T)) {
      String before = rig.end().encoded();
      assertThat(rig.source.obstacles()).isEmpty();
      assertThat(rig.end().encoded()).isEqualTo(before);
    }
  }
}
