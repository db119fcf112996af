package io.understudy.applier.postgres;

import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.postgres.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.applier.Changes;
import io.understudy.applier.Refill;
import io.understudy.applier.StandbySession;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.testkit.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tables of a standby that follows are copied again, and its applier waits. */
@ExtendWith(WithServer.class)
class RefillIT {
  private static final String DDL =
      """
      CREATE TABLE t (id int PRIMARY KEY);
      CREATE TABLE child (id int PRIMARY KEY REFERENCES t);
      CREATE TABLE apart (id int PRIMARY KEY);
      INSERT INTO t SELECT generate_series(1, 5);
      INSERT INTO child SELECT generate_series(1, 5);
      INSERT INTO apart SELECT generate_series(1, 5)""";

  private static final String IDS = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM ";

  private final PostgresServer server;

  RefillIT(PostgresServer server) {
    this.server = server;
  }

  @Test
  void theApplierWaitsAndGoesOnWithTheNewRows() throws Exception {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL);
        StandbySession session = south.follow("me")) {
      Relation apart = south.relation("apart");
      Relation t = south.relation("t");
      session.apply(List.of(delete(apart, "1")));
      session.commit(at(1));
      session.apply(List.of(delete(apart, "2")));
      try (Refill refill = south.standby().refill()) {
        assertThat(refill.progress()).isEqualTo(at(1));
        assertThatThrownBy(() -> session.commit(at(2)))
            .isInstanceOf(MirrorException.Transient.class);
        assertThatThrownBy(() -> south.standby().resume("me"))
            .isInstanceOf(MirrorException.Held.class)
            .hasMessageContaining("being copied again");
        assertThatThrownBy(() -> south.standby().takeOver("other"))
            .isInstanceOf(MirrorException.Held.class);
        refill.empty(List.of(apart, t));
        copyIn(refill, apart, "7\n8\n");
        copyIn(refill, t, "3\n4\n9\n");
        refill.complete(List.of(apart, t), at(3).position());
      }
      assertThat(south.value(IDS + "apart")).isEqualTo("7 8");
      assertThat(south.value(IDS + "t")).isEqualTo("3 4 9");
      assertThat(south.value(IDS + "child")).isEqualTo("1 2 3 4 5");
      try (StandbySession next = south.standby().resume("me")) {
        assertThat(next.progress()).isEqualTo(at(1));
        assertThat(next.copied())
            .containsOnlyKeys(apart.table(), t.table())
            .containsEntry(apart.table(), at(3).position());
        next.commit(at(3));
        next.completeCopy();
        assertThat(south.value("SELECT count(*) FROM understudy.copied")).isEqualTo("0");
      }
    }
  }

  @Test
  void whatIsNotCompletedIsUndone() throws Exception {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL)) {
      south.follow("me").close();
      Relation apart = south.relation("apart");
      try (Refill refill = south.standby().refill()) {
        refill.empty(List.of(apart, south.relation("t")));
        copyIn(refill, apart, "7\n");
      }
      assertThat(south.value(IDS + "apart")).isEqualTo("1 2 3 4 5");
      assertThat(south.value(IDS + "t")).isEqualTo("1 2 3 4 5");
      try (Refill refill = south.standby().refill()) {
        refill.empty(List.of(apart));
        copyIn(refill, apart, "7\n");
        assertThat(
                south.value(
                    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                        + " WHERE application_name = 'understudy shop copies tables'"
                        + " AND datname = current_database()"))
            .isEqualTo("1");
        assertThatThrownBy(() -> refill.complete(List.of(apart), at(1).position()))
            .isInstanceOf(MirrorException.Transient.class);
      }
      try (StandbySession next = south.standby().resume("me")) {
        assertThat(next.copied()).isEmpty();
        next.apply(List.of(delete(apart, "1")));
        next.commit(at(1));
      }
      assertThat(south.value(IDS + "apart")).isEqualTo("2 3 4 5");
    }
  }

  /** A session completes what it knows of, whatever came since. */
  @Test
  void anApplierThatWasEndedDoesNotForgetACopyThatCameAfterIt() throws Exception {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL)) {
      Relation apart = south.relation("apart");
      south.follow("me").close();
      refill(south, apart, 1);
      try (StandbySession session = south.standby().resume("me")) {
        refill(south, apart, 2);
        session.completeCopy();
      }
      try (StandbySession next = south.standby().resume("me")) {
        assertThat(next.copied()).containsEntry(new TableName("public", "apart"), at(2).position());
      }
    }
  }

  private static void refill(StandbyDatabase south, Relation table, int moment) throws IOException {
    try (Refill refill = south.standby().refill()) {
      refill.empty(List.of(table));
      refill.complete(List.of(table), at(moment).position());
    }
  }

  @Test
  void aStandbyThatWaitsInFrontOfASchemaChangeIsRefused() throws SQLException {
    try (StandbyDatabase south = StandbyDatabase.create(server, DDL)) {
      south.follow("me").close();
      south.execute(
          "INSERT INTO understudy.held (mirror, sequence, number, tag, statement, why)"
              + " VALUES ('shop', 1, 0, 'ALTER TABLE', 'ALTER TABLE t ADD c int', 'held')");
      assertThatThrownBy(() -> south.standby().refill())
          .isInstanceOf(MirrorException.Refused.class)
          .hasMessageContaining("ALTER TABLE t ADD c int");
      south.execute("DELETE FROM understudy.held");
      south.standby().takeOver("other").close();
    }
  }

  private static void copyIn(Refill refill, Relation table, String lines) throws IOException {
    refill.copyIn(table, new ByteArrayInputStream(Changes.bytes(lines)));
  }
}
