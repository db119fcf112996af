package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.understudy.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** What somebody else can do to the mirror's replication slot. */
final class Slots {
  /** The application name of the other consumer. */
  static final String OTHER = "pg_recvlogical";

  private Slots() {}

  /** Reads from a slot, as pg_recvlogical would. */
  record Consumer(Connection connection, PGReplicationStream stream, int pid)
      implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  static Consumer consume(PostgresServer server, TroubledMirror mirror, String slot)
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
  static String refusal(PostgresServer server, TroubledMirror mirror, String slot) {
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
    mirror.onSource(drop);
    assertThat(
            mirror.askSource(
                "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + slot + "'"))
        .isEqualTo("0");
  }
}
