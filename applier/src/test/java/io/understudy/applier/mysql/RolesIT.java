package io.understudy.applier.mysql;

import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.Changes.move;
import static io.understudy.applier.Changes.row;
import static io.understudy.applier.mysql.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.applier.StandbySession;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.MysqlSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may write when, and what keeps a server from being a standby. */
@ExtendWith(OneServer.class)
class RolesIT {
  private static final String DDL = "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, v int)";

  @ParameterizedTest
  @EnumSource
  void othersOnlyReadUntilItIsOpened(MysqlProduct product) throws SQLException {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product));
        StandbyDatabase south = StandbyDatabase.create(server, DDL)) {
      user(server, "app", "GRANT ALL ON " + south.name() + ".* TO ");
      try (Connection app = connect(server, "app", south.name());
          Statement statement = app.createStatement()) {
        assertThat(south.standby().isReadOnly()).isFalse();
        StandbySession session = south.follow("me");
        assertThat(south.standby().isReadOnly()).isTrue();
        String insert = "INSERT INTO t (v) VALUES (1)";
        assertThatThrownBy(() -> statement.execute(insert)).hasMessageContaining("read-only");
        assertThat(statement.execute("SELECT * FROM t")).isTrue();
        session.apply(List.of(insert(south.relation("t"), 10, 1)));
        session.commit(at(1));
      }
      server.kill9();
      server.startAgain();
      try (StandbyDatabase again = south.another()) {
        assertThat(again.standby().isReadOnly()).isEqualTo(product == MysqlProduct.MYSQL);
        try (StandbySession session = again.standby().resume("me")) {
          assertThat(session.progress()).isEqualTo(at(1));
          assertThat(again.standby().isReadOnly()).isTrue();
        }
        assertThat(again.standby().open()).contains("south can be written to");
      }
      server.restart();
      try (Connection app = connect(server, "app", south.name());
          Statement statement = app.createStatement()) {
        statement.execute("INSERT INTO t (v) VALUES (2)");
      }
      assertThat(south.query("SELECT id FROM t ORDER BY 1")).containsExactly("10", "11");
      assertThat(south.value("SELECT @@global.read_only")).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @EnumSource
  void numbersGoOnBehindTheHighest(MysqlProduct product) throws SQLException {
    String ddl =
        DDL
            + ";CREATE TABLE u (id tinyint AUTO_INCREMENT PRIMARY KEY, v int);"
            + "CREATE TABLE d (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, v int)";
    try (StandbyDatabase south = StandbyDatabase.create(product, ddl);
        StandbySession session = south.follow("me")) {
      Relation t = south.relation("t");
      Relation d = south.relation("d");
      session.apply(
          List.of(
              insert(t, 1, 1),
              insert(t, 2, 1),
              move(t, row(2, null), 500, 1),
              insert(d, 70, 1),
              insert(d, 80, 1),
              io.understudy.applier.Changes.delete(d, 80, 1),
              insert(south.relation("u"), 127, 1)));
      session.commit(at(1));
      assertThat(south.standby().open())
          .contains("AUTO_INCREMENT of " + south.name() + ".u is used up at its bound 127");
      south.execute("INSERT INTO t (v) VALUES (2); INSERT INTO d (v) VALUES (2)");
      assertThat(south.value("SELECT max(id) FROM t")).isEqualTo("501");
      assertThat(south.value("SELECT max(id) FROM d")).isEqualTo("81");
      assertThatThrownBy(() -> south.execute("INSERT INTO u (v) VALUES (2)"))
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void sequencesGoOnBehindTheColumnsThatDrawFromThem() throws SQLException {
    String ddl =
        """
        CREATE SEQUENCE s START WITH 5;
        CREATE SEQUENCE down START WITH -1 INCREMENT -1 MINVALUE -999 MAXVALUE -1;
        CREATE SEQUENCE alone;
        CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval(s), o int DEFAULT nextval(down))""";
    try (StandbyDatabase south = StandbyDatabase.create(MysqlProduct.MARIADB, ddl);
        StandbySession session = south.follow("me")) {
      session.apply(List.of(insert(south.relation("t"), 70, -30)));
      session.commit(at(1));
      String name = "sequence " + south.name();
      assertThat(south.standby().open())
          .contains(name + ".s goes on behind 70", name + ".down goes on behind -30")
          .anyMatch(line -> line.startsWith(name + ".alone is no column's default"));
      south.execute("INSERT INTO t VALUES ()");
      assertThat(south.query("SELECT * FROM t ORDER BY 1")).containsExactly("70|-30", "71|-31");
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatKeepsTablesFromBeingThoseOfTheSource(MysqlProduct product) throws SQLException {
    String ddl =
        """
        CREATE TABLE good (id int PRIMARY KEY, v varchar(9) CHARACTER SET latin1, w int(5),
          g int AS (id + 1));
        CREATE TABLE other (id bigint unsigned PRIMARY KEY, more int, v varchar(8) CHARACTER SET
          utf8mb4 COLLATE utf8mb4_bin);
        CREATE TABLE keyless (id int, UNIQUE KEY (id));
        CREATE TABLE unsafe (id int PRIMARY KEY) ENGINE = MyISAM;
        CREATE TABLE firing (id int PRIMARY KEY);
        CREATE TRIGGER trg BEFORE INSERT ON firing FOR EACH ROW SET NEW.id = NEW.id""";
    try (StandbyDatabase south = StandbyDatabase.create(product, ddl)) {
      assertThat(south.differences(List.of(south.relation("good")))).isEmpty();
      String name = south.name();
      List<Relation> tables = new ArrayList<>();
      for (String table : List.of("keyless", "other", "firing", "unsafe", "gone")) {
        tables.add(
            new Relation(new TableName(name, table), List.of(new Column("id", "int(11)", true))));
      }
      tables.add(
          new Relation(
              new TableName(name, "good"),
              List.of(
                  new Column("id", "int", true),
                  new Column("v", "varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", false),
                  new Column("w", "int", false),
                  new Column("x", "int", false))));
      assertThat(south.differences(tables))
          .anyMatch(
              line ->
                  line.contains("has no unique key on id")
                      && line.endsWith("`keyless` ADD PRIMARY KEY (`id`)"))
          .anyMatch(
              line ->
                  line.contains("column id of table " + name + ".other is bigint")
                      && line.endsWith("`other` MODIFY COLUMN `id` int(11)"))
          .anyMatch(
              line ->
                  line.contains("column more of table")
                      && line.endsWith("ALTER TABLE `" + name + "`.`other` DROP COLUMN `more`"))
          .anyMatch(line -> line.contains("column v of table " + name + ".other is on south but"))
          .anyMatch(
              line ->
                  line.contains("trigger trg of table")
                      && line.endsWith("DROP TRIGGER `" + name + "`.`trg`"))
          .anyMatch(
              line ->
                  line.contains("is one of MyISAM") && line.endsWith("`unsafe` ENGINE = InnoDB"))
          .anyMatch(
              line ->
                  line.contains("gone is missing") && line.contains("(`id` int(11), PRIMARY KEY"))
          .anyMatch(
              line ->
                  line.contains("column v of table " + name + ".good is varchar(9) CHARACTER SET"))
          .anyMatch(line -> line.contains("column x of table " + name + ".good is missing"))
          .hasSize(9);
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesAColumnThatOnlyTheStandbyGenerates(MysqlProduct product) throws SQLException {
    String ddl =
        "CREATE TABLE t (id int PRIMARY KEY, a int, s int AS (a * 2) STORED,"
            + " v int AS (a * 3) VIRTUAL, more int AS (a * 4) VIRTUAL)";
    try (StandbyDatabase south = StandbyDatabase.create(product, ddl);
        StandbySession session = south.follow("me")) {
      Relation source =
          new Relation(
              new TableName(south.name(), "t"),
              List.of(
                  new Column("id", "int", true),
                  new Column("a", "int", false),
                  new Column("s", "int", false),
                  new Column("v", "int", false)));
      String table = "`" + south.name() + "`.`t`";
      List<String> differences = south.differences(List.of(source));
      assertThat(differences)
          .containsExactly(
              "column s of table "
                  + source.table()
                  + " is generated on south but not on the source; remedy: ALTER TABLE "
                  + table
                  + " MODIFY COLUMN `s` int",
              "column v of table "
                  + source.table()
                  + " is generated on south but not on the source; remedy: ALTER TABLE "
                  + table
                  + " DROP COLUMN `v`, ADD COLUMN `v` int");
      assertThatThrownBy(() -> session.apply(List.of(insert(source, 1, 1, 7, 8))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("is generated on south but not on the source");
      session.rollback();
      for (String difference : differences) {
        south.execute(
            difference.substring(difference.indexOf("; remedy: ") + "; remedy: ".length()));
      }
      assertThat(south.differences(List.of(source))).isEmpty();
      session.apply(List.of(insert(source, 1, 1, 7, 8)));
      session.commit(at(1));
      assertThat(south.query("SELECT id, a, s, v, more FROM t")).containsExactly("1|1|7|8|4");
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesThePrivilegesThatTheUserLacks(MysqlProduct product) throws SQLException {
    MysqlServer server = OneServer.of(product);
    String admin =
        product == MysqlProduct.MYSQL
            ? "SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN"
            : "READ_ONLY ADMIN";
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL)) {
      String name = "u_" + south.name();
      user(server, name, "GRANT SELECT ON `" + south.name() + "`.* TO ");
      try (StandbyDatabase seen = south.as(name)) {
        List<String> differences = seen.differences(List.of(south.relation("t")));
        assertThat(differences)
            .anyMatch(line -> line.endsWith("GRANT " + admin + " ON *.* TO '" + name + "'@'%'"))
            .anyMatch(line -> line.contains("GRANT SELECT, INSERT, UPDATE, CREATE ON understudy.*"))
            .anyMatch(
                line ->
                    line.contains("lacks INSERT, UPDATE, DELETE, DROP, ALTER, TRIGGER on table"));
        south.follow("me").close();
        grant(server, "GRANT SELECT, INSERT, UPDATE, CREATE ON understudy.* TO " + name);
        assertThatThrownBy(() -> seen.standby().takeOver("you"))
            .isInstanceOf(MirrorException.Operator.class)
            .satisfies(
                e ->
                    assertThat(((MirrorException) e).remedy())
                        .contains(product == MysqlProduct.MYSQL ? "CONNECTION_ADMIN" : admin));
        for (String difference : differences) {
          grant(server, difference.substring(difference.indexOf("GRANT ")));
        }
        assertThat(seen.differences(List.of(south.relation("t")))).isEmpty();
        try (StandbySession session = seen.follow("you")) {
          session.apply(List.of(insert(south.relation("t"), 1, 1)));
          session.commit(at(1));
        }
        seen.standby().beginCopy(List.of(south.relation("t")));
        seen.standby().endCopy(at(2));
        assertThat(seen.standby().open()).contains("south can be written to");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTableThatChangedOnTheStandbyStopsTheApplier(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL);
        StandbyDatabase again = south.another()) {
      Relation table = south.relation("t");
      south.follow("me").close();
      south.execute("ALTER TABLE t ADD COLUMN x int");
      try (StandbySession session = again.standby().takeOver("you")) {
        assertThatThrownBy(() -> session.apply(List.of(insert(table, 1, 1))))
            .isInstanceOf(MirrorException.Operator.class)
            .hasMessageContaining("column x of table");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTableThatChangesWhileTheApplierRunsStopsIt(MysqlProduct product) throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(product, DDL + ";CREATE TABLE u (id int)");
        StandbySession session = south.follow("me")) {
      Relation t = south.relation("t");
      Relation u = south.relation("u");
      session.apply(List.of(insert(t, 1, 1), insert(u, 1)));
      session.commit(at(1));
      south.execute("ALTER TABLE t ADD COLUMN x int; ALTER TABLE u DROP COLUMN id, ADD z int");
      assertThatThrownBy(() -> session.apply(List.of(insert(u, 2))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("column");
      session.rollback();
      AtomicInteger id = new AtomicInteger(1);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThatThrownBy(
                          () -> {
                            session.apply(List.of(insert(t, id.incrementAndGet(), 1)));
                            session.commit(at(id.get()));
                          })
                      .isInstanceOf(MirrorException.Operator.class)
                      .hasMessageContaining("column x of table"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTakeOverRestoresReadOnly(MysqlProduct product) throws SQLException {
    try (MysqlServer server = MysqlServer.start(MysqlSettings.of(product));
        StandbyDatabase south = StandbyDatabase.create(server, DDL)) {
      south.follow("me").close();
      south.execute("SET GLOBAL read_only = OFF");
      assertThat(south.standby().isReadOnly()).isFalse();
      south.standby().takeOver("next").close();
      assertThat(south.standby().isReadOnly()).isTrue();
      if (product == MysqlProduct.MYSQL) {
        south.execute("SET GLOBAL super_read_only = ON");
        assertThat(south.differences(List.of()))
            .anyMatch(line -> line.endsWith("SET PERSIST super_read_only = OFF"));
        assertThatThrownBy(() -> south.standby().takeOver("third"))
            .isInstanceOf(MirrorException.Operator.class)
            .satisfies(
                e -> assertThat(((MirrorException) e).remedy()).contains("super_read_only = OFF"));
        south.execute("SET GLOBAL super_read_only = OFF");
      }
    }
  }

  private static void user(MysqlServer server, String name, String grant) throws SQLException {
    grant(server, "CREATE USER '" + name + "'@'%' IDENTIFIED BY '" + server.password() + "'");
    grant(server, grant + "'" + name + "'@'%'");
  }

  private static void grant(MysqlServer server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect(MysqlServer server, String user, String database)
      throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://"
            + server.host()
            + ":"
            + server.port()
            + "/"
            + database
            + "?allowPublicKeyRetrieval=true",
        user,
        server.password());
  }
}
