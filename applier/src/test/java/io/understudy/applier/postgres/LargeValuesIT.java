package io.understudy.applier.postgres;

import static io.understudy.applier.postgres.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.applier.Standby;
import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.testkit.JavaProcess;
import io.understudy.testkit.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Values of 64 MB in a process of 512 MB. */
@ExtendWith(WithServer.class)
class LargeValuesIT {
  private static final int BYTES = 64 * 1024 * 1024;
  private static final String TABLES =
      "CREATE TABLE keyed (id int PRIMARY KEY, t text, b bytea);"
          + "CREATE TABLE keyless (id int, t text, b bytea)";

  private final PostgresServer server;

  LargeValuesIT(PostgresServer server) {
    this.server = server;
  }

  @Test
  void takesValuesOf64MegabytesInLittleMemory() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, TABLES)) {
      south.follow("nobody").close();
      try (JavaProcess process =
          JavaProcess.of(LargeValues.class)
              .heap("512m")
              .arguments(server.jdbcUrl(south.name()), server.password())
              .start()) {
        assertThat(process.awaitExit(Duration.ofMinutes(10)))
            .as(process.stdout() + process.stderr())
            .isZero();
      }
      for (String table : List.of("keyed", "keyless")) {
        assertThat(
                south.query(
                    "SELECT id, length(t), left(t, 3), right(t, 1), length(b), md5(b) FROM "
                        + table
                        + " ORDER BY id"))
            .isEqualTo(
                south.query(
                    """
                    VALUES (1, %1$d, 'ccc', 'c', 2, md5('\\x6262'::bytea)),
                           (2, 1, 'u', 'u', %1$d,
                            md5(decode(repeat('64', %1$d), 'hex')))\
                    """
                        .formatted(BYTES)));
      }
    }
  }

  /** Runs in a process of its own: takes the role over and applies. */
  static final class LargeValues {
    private LargeValues() {}

    public static void main(String[] arguments) {
      DatabaseSettings settings =
          new DatabaseSettings(
              new DatabaseName("south"), arguments[0], PostgresServer.USER, arguments[1], Map.of());
      try (Standby standby = Standby.of(StandbyDatabase.MIRROR, settings);
          StandbySession session = standby.takeOver("large")) {
        int commit = 0;
        for (boolean key : new boolean[] {true, false}) {
          Relation table =
              new Relation(
                  new TableName("public", key ? "keyed" : "keyless"),
                  List.of(
                      new Column("id", "integer", key),
                      new Column("t", "text", false),
                      new Column("b", "bytea", false)));
          session.apply(List.of(new Change.Insert(table, row(1, text('a'), bytes(2, 'b')))));
          session.commit(at(++commit));
          session.apply(List.of(new Change.Insert(table, row(2, small("u"), bytes(BYTES, 'c')))));
          session.commit(at(++commit));
          session.apply(List.of(new Change.Insert(table, row(3, text('x'), Value.NULL))));
          session.commit(at(++commit));

          session.apply(
              List.of(
                  update(
                      table,
                      row(1, text('a'), bytes(2, 'b')),
                      row(1, text('c'), Value.UNCHANGED))));
          session.commit(at(++commit));
          session.apply(
              List.of(
                  update(
                      table,
                      row(2, small("u"), bytes(BYTES, 'c')),
                      row(2, small("u"), bytes(BYTES, 'd')))));
          session.commit(at(++commit));
          session.apply(List.of(new Change.Delete(table, row(3, text('x'), Value.NULL))));
          session.commit(at(++commit));
        }
      }
    }

    private static Change update(Relation table, Row before, Row after) {
      return new Change.Update(
          table, table.hasKey() ? Optional.empty() : Optional.of(before), after);
    }

    private static Row row(int id, Value text, Value bytes) {
      return Row.of(new Value.Text(Integer.toString(id)), text, bytes);
    }

    private static Value small(String text) {
      return new Value.Text(text);
    }

    private static Value text(char character) {
      byte[] utf8 = new byte[BYTES];
      Arrays.fill(utf8, (byte) character);
      return new Value.Text(utf8);
    }

    private static Value bytes(int length, char content) {
      byte[] bytes = new byte[length];
      Arrays.fill(bytes, (byte) content);
      return new Value.Bytes(bytes);
    }
  }
}
