package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** What can happen to a source of PostgreSQL, and to the mirror's replication slot on it. */
final class Slots {
  /** The application name of the other consumer. */
  static final String OTHER = "pg_recvlogical";

  private Slots() {}

  /** The mirror's own. */
  static String of(TroubledMirror mirror) throws SQLException {
    return mirror.askSource(
        "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()");
  }

  static List<SourceHarm> harms() {
    return List.of(
        new SourceHarm("slot dropped", Slots::drop),
        new SourceHarm("slot advanced", Slots::advance));
  }

  static List<Unfit> unfit() {
    return List.of(
        new Unfit(
            "wal_level",
            "replica",
            "wal_level is 'replica'",
            "ALTER SYSTEM SET wal_level = 'logical'",
            true));
  }

  private static List<String> drop(TroubledMirror mirror) throws SQLException {
    String slot = of(mirror);
    mirror.onSource("SELECT pg_drop_replication_slot('" + slot + "')");
    mirror.onSource("INSERT INTO item VALUES (501, 'never logged', 1)");
    return List.of("replication slot " + slot, "is gone", "not in the journal");
  }

  private static List<String> advance(TroubledMirror mirror) throws SQLException {
    String slot = of(mirror);
    mirror.onSource("INSERT INTO item VALUES (501, 'skipped', 1)");
    mirror.onSource(
        "SELECT pg_replication_slot_advance('" + slot + "', pg_current_wal_insert_lsn())");
    String stands =
        mirror.askSource(
            "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '"
                + slot
                + "'");
    return List.of("replication slot " + slot, "ahead of the journal's tail", stands, "missing");
  }

  /** Reads from a slot, as pg_recvlogical would. */
  record Consumer(Connection connection, PGReplicationStream stream, int pid)
      implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  static Consumer consume(DatabaseServer server, TroubledMirror mirror, String slot)
      throws SQLException {
    Properties properties = new Properties();
    PGProperty.USER.set(properties, PostgresServer.USER);
    PGProperty.PASSWORD.set(properties, server.password());
    PGProperty.REPLICATION.set(properties, "database");
    PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
    PGProperty.APPLICATION_NAME.set(properties, OTHER);
    Connection connection = DriverManager.getConnection(server.jdbcUrl(mirror.name()), properties);
    try {
      PGConnection session = connection.unwrap(PGConnection.class);
      PGReplicationStream stream =
          session
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(slot)
              .withSlotOption("proto_version", 1)
              .withSlotOption(
                  "publication_names", mirror.askSource("SELECT pubname FROM pg_publication"))
              .start();
      return new Consumer(connection, stream, session.getBackendPID());
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** What the server says to a second consumer. */
  static String refusal(DatabaseServer server, TroubledMirror mirror, String slot) {
    return catchThrowableOfType(SQLException.class, () -> consume(server, mirror, slot).close())
        .getMessage();
  }

  /** The process that reads from the slot, or null. */
  static String holder(TroubledMirror mirror, String slot) throws SQLException {
    return mirror.askSource(
        "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
  }

  /** Ends whoever reads, and drops the slot before it is back. */
  static void dropUnderItsReader(TroubledMirror mirror, String slot) throws Exception {
    String drop =
        """
        DO $$ BEGIN
          FOR i IN 1..200 LOOP
            PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots
              WHERE slot_name = '%1$s' AND active_pid IS NOT NULL;
            BEGIN
              PERFORM pg_drop_replication_slot('%1$s');
              RETURN;
            EXCEPTION WHEN object_in_use THEN
              PERFORM pg_sleep(0.01);
            END;
          END LOOP;
          RAISE 'the slot is still in use';
        END $$"""
            .formatted(slot);
    mirror.onSourceAtOnce(drop);
    assertThat(
            mirror.askSource(
                "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + slot + "'"))
        .isEqualTo("0");
  }
}
