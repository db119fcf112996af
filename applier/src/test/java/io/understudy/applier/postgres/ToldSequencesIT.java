package io.understudy.applier.postgres;

import static io.understudy.applier.postgres.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.applier.Progress;
import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.TableName;
import io.understudy.testkit.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the journal tells of sequences is set, kept, and gone by when the standby is opened. */
@ExtendWith(WithServer.class)
class ToldSequencesIT {
  private final PostgresServer server;

  ToldSequencesIT(PostgresServer server) {
    this.server = server;
  }

  @Test
  void setsThemForwardsAndBackwards() throws SQLException {
    try (StandbyDatabase south =
            StandbyDatabase.create(
                server, "CREATE SEQUENCE s; CREATE SCHEMA \"O\"; CREATE SEQUENCE \"O\".\"x' y\"");
        StandbySession session = south.follow("me")) {
      session.apply(List.of(value("s", 40), named("O", "x' y", 5, false), value("s", 50)));
      session.commit(at(1));
      assertThat(place(south, "s")).isEqualTo("50|t");
      assertThat(place(south, "\"O\".\"x' y\"")).isEqualTo("5|f");
      session.apply(List.of(value("s", 7)));
      session.rollback();
      session.apply(List.of(value("s", 7)));
      session.commit(at(2));
      assertThat(place(south, "s")).isEqualTo("7|t");
    }
  }

  @Test
  void whatCannotBeSetIsRememberedAndToldWhenItIsOpened() throws SQLException {
    try (StandbyDatabase south =
        StandbyDatabase.create(
            server, "CREATE SEQUENCE narrow MAXVALUE 10; CREATE TABLE tab (id int PRIMARY KEY)")) {
      try (StandbySession session = south.follow("me")) {
        session.apply(
            List.of(value("gone", 40), value("narrow", 50), value("tab", 3), value("late", 60)));
        session.commit(at(1));
      }
      south.execute("CREATE SEQUENCE late");
      List<String> said = south.standby().openExactly();
      assertThat(said)
          .contains(
              "sequence public.gone, which stood at 40 on the source, is missing",
              "sequence \"public\".\"narrow\" stood at 50 on the source, which is beyond its bounds"
                  + " here")
          .noneMatch(line -> line.contains("late"));
      assertThat(south.value("SELECT nextval('late')")).isEqualTo("61");
      assertThat(south.value("SELECT nextval('narrow')")).isEqualTo("1");
    }
  }

  @Test
  void goesOnExactlyWhereASourceThatWasHeldOffStood() throws SQLException {
    try (StandbyDatabase south =
        StandbyDatabase.create(
            server,
            "CREATE TABLE t (id serial PRIMARY KEY); CREATE SEQUENCE unused START 5;"
                + "INSERT INTO t VALUES (900)")) {
      try (StandbySession session = south.follow("me")) {
        session.apply(List.of(value("t_id_seq", 40), named("public", "unused", 5, false)));
        session.commit(now(1));
      }
      south.execute("SELECT nextval('unused')");
      assertThat(south.standby().openExactly()).noneMatch(line -> line.contains("sequence"));
      assertThat(south.value("SELECT nextval('t_id_seq')")).isEqualTo("41");
      assertThat(south.value("SELECT nextval('unused')")).isEqualTo("5");
    }
  }

  @Test
  void goesOnBehindAllThatALostSourceMayHaveHandedOut() throws SQLException {
    try (StandbyDatabase south =
        StandbyDatabase.create(
            server,
            "CREATE TABLE t (id bigserial PRIMARY KEY); CREATE TABLE far (id bigserial PRIMARY KEY);"
                + "CREATE SEQUENCE down INCREMENT -2 START -1; CREATE SEQUENCE fast;"
                + "CREATE SEQUENCE round MAXVALUE 100 CYCLE; CREATE SEQUENCE made;"
                + "CREATE TABLE ends (id serial PRIMARY KEY); INSERT INTO ends VALUES (2147483647);"
                + "INSERT INTO far VALUES (5000000)")) {
      try (StandbySession session = south.follow("me")) {
        session.apply(
            List.of(
                value("t_id_seq", 40),
                value("far_id_seq", 40),
                value("ends_id_seq", 40),
                value("down", -81),
                value("round", 95),
                moving("fast", 700, 4000),
                value("old", 33)));
        session.commit(now(1));
      }
      List<String> said = south.standby().open();
      assertThat(next(south, "t_id_seq")).isGreaterThan(40 + 1000);
      assertThat(next(south, "far_id_seq")).isEqualTo(5_000_001);
      assertThat(next(south, "down")).isLessThan(-81 - 2 * 1000);
      assertThat(next(south, "round")).isEqualTo(6);
      assertThat(next(south, "fast")).isGreaterThan(700 + 3 * 2000 * 10);
      assertThat(next(south, "made")).isGreaterThan(1000);
      assertThat(next(south, "ends_id_seq")).isBetween(1000L, 100_000L);
      assertThat(said)
          .anyMatch(line -> line.startsWith("sequence public.old, which stood at 33"))
          .anyMatch(line -> line.contains("cannot go past 2147483647"));

      long used = next(south, "fast");
      south.standby().open();
      assertThat(next(south, "fast")).as("opened again, after clients came").isEqualTo(used + 1);
    }
  }

  @Test
  void oneThatTheRoleMayNotMoveDoesNotKeepTheStandbyFromBeingOpened() throws SQLException {
    try (StandbyDatabase south =
        StandbyDatabase.create(server, "CREATE SEQUENCE s; CREATE SEQUENCE low MINVALUE 100")) {
      try (StandbySession session = south.follow("me")) {
        session.apply(List.of(value("s", 400), value("low", 5)));
        session.commit(now(1));
      }
      String role = "bound_" + south.name();
      south.execute(
          "CREATE ROLE %1$s LOGIN; ALTER DATABASE %2$s OWNER TO %1$s; GRANT pg_signal_backend TO %1$s;"
                  .formatted(role, south.name())
              + "GRANT USAGE ON SCHEMA understudy TO %1$s; GRANT ALL ON ALL TABLES IN SCHEMA understudy TO %1$s;"
                  .formatted(role)
              + "GRANT ALL ON SEQUENCE low TO "
              + role);
      try (StandbyDatabase bound = south.as(role)) {
        assertThat(bound.standby().open())
            .anyMatch(line -> line.contains("\"s\" was not moved") && line.contains("400"))
            .anyMatch(line -> line.contains("\"low\" stood at 5 on the source"));
      }
      assertThat(next(south, "low")).isGreaterThan(100);
    }
  }

  @Test
  void oneThatWasRenamedOrMadeAnewIsKnown() throws SQLException {
    try (StandbyDatabase south =
        StandbyDatabase.create(server, "CREATE SEQUENCE a; CREATE SEQUENCE b")) {
      try (StandbySession session = south.follow("me")) {
        session.apply(List.of(value("a", 400), value("b", 500)));
        session.commit(now(1));
        south.execute("ALTER SEQUENCE a RENAME TO renamed; DROP SEQUENCE b; CREATE SEQUENCE b");
        session.apply(List.of(value("renamed", 300)));
        session.commit(now(2));
      }
      List<String> said = south.standby().openExactly();
      assertThat(said).noneMatch(line -> line.contains("sequence"));
      assertThat(next(south, "renamed")).isEqualTo(301);
      assertThat(next(south, "b")).isEqualTo(501);
    }
  }

  @Test
  void aStandbyThatIsFilledAnewForgetsThem() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, "CREATE SEQUENCE s")) {
      try (StandbySession session = south.follow("me")) {
        session.apply(List.of(value("s", 400)));
        session.commit(at(1));
      }
      south.follow("again").close();
      assertThat(south.query("SELECT * FROM understudy.sequences")).isEmpty();
    }
  }

  private static Progress now(long sequence) {
    Progress progress = at(sequence);
    return new Progress(
        progress.epoch(),
        progress.sequence(),
        progress.position(),
        Instant.now(),
        progress.topicId(),
        progress.offset());
  }

  private static long next(StandbyDatabase database, String sequence) throws SQLException {
    return Long.parseLong(database.value("SELECT nextval('" + sequence + "')"));
  }

  private static String place(StandbyDatabase database, String sequence) throws SQLException {
    return database.value("SELECT last_value, is_called FROM " + sequence);
  }

  private static Change value(String name, long last) {
    return named("public", name, last, true);
  }

  private static Change named(String schema, String name, long last, boolean called) {
    return new Change.SequenceValue(new TableName(schema, name), last, called, 0, Duration.ZERO);
  }

  private static Change moving(String name, long last, long steps) {
    return new Change.SequenceValue(
        new TableName("public", name), last, true, steps, Duration.ofSeconds(2));
  }
}
