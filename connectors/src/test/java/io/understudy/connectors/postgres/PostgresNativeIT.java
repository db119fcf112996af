package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.InitialCopy;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the native reader carries and Debezium's does not. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES"})
class PostgresNativeIT {
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

  @Test
  void namesThatDebeziumDoesNotTellApart() throws Exception {
    try (SourceRig rig =
            SourceRig.with(
                reading,
                server,
                "CREATE TABLE c (id int PRIMARY KEY, \"Name\" text, name text)",
                "CREATE SCHEMA a",
                "CREATE SCHEMA \"a.b\"",
                "CREATE TABLE a.\"b.c\" (id int PRIMARY KEY)",
                "CREATE TABLE \"a.b\".c (id int PRIMARY KEY)",
                "CREATE TABLE \"\"\"quoted\"\"\" (\"'id'\" int PRIMARY KEY)");
        Replica replica = Replica.of(rig)) {
      assertThat(rig.source.obstacles()).isEmpty();
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO c VALUES (1, 'upper', 'lower')",
          "INSERT INTO a.\"b.c\" VALUES (1)",
          "INSERT INTO \"a.b\".c VALUES (2)",
          "INSERT INTO \"\"\"quoted\"\"\" VALUES (3)",
          "UPDATE c SET name = 'low'");
      for (Change change : rig.changesFrom(start)) {
        replica.apply(change);
      }
      replica.assertSameAs(rig);
    }
  }

  @Test
  void rowsOfATableWithoutColumns() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            reading, server, "CREATE TABLE bare ()", "ALTER TABLE bare REPLICA IDENTITY FULL")) {
      rig.sql("INSERT INTO bare DEFAULT VALUES");
      assertThat(rig.source.obstacles()).isEmpty();
      Lsn start;
      try (InitialCopy copy = rig.source.prepare(1)) {
        start = (Lsn) copy.position();
        assertThat(copy.copy(copy.parts().get(0), RowForm.TEXT, OutputStream.nullOutputStream()))
            .isEqualTo(1);
      }
      rig.sql("INSERT INTO bare DEFAULT VALUES", "DELETE FROM bare");
      List<Change> changes = rig.changesFrom(start);
      assertThat(changes)
          .extracting(change -> change.getClass().getSimpleName())
          .containsExactly("Insert", "Delete", "Delete");
      Relation bare = changes.get(0).relations().get(0);
      assertThat(bare.columns()).isEmpty();
      assertThat(rig.source.tables()).containsExactly(bare);
    }
  }

  @Test
  void valuesOfSixtyFourMegabytes() throws Exception {
    int size = 64 << 20;
    try (SourceRig rig =
        SourceRig.with(
            reading, server, "CREATE TABLE huge (id int PRIMARY KEY, v text, b bytea)")) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO huge VALUES (1, repeat('0123456789abcdef', " + size / 16 + "), NULL)",
          "INSERT INTO huge VALUES (2, NULL, decode(repeat('00ff7f80', " + size / 4 + "), 'hex'))");
      List<Change> changes = rig.changesFrom(start);
      byte[] text = ((Value.Text) ((Change.Insert) changes.get(0)).after().get(1)).utf8();
      byte[] bytes = ((Value.Bytes) ((Change.Insert) changes.get(1)).after().get(2)).bytes();
      assertThat(text).hasSize(size);
      assertThat(bytes).hasSize(size);
      assertThat(md5(text)).isEqualTo(rig.ask("SELECT md5(v) FROM huge WHERE id = 1"));
      assertThat(md5(bytes)).isEqualTo(rig.ask("SELECT md5(b) FROM huge WHERE id = 2"));
    }
  }

  private static String md5(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
  }
}
