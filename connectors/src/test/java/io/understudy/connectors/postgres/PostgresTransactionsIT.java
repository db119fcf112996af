package io.understudy.connectors.postgres;

import static io.understudy.connectors.postgres.Accounts.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.Change;
import io.understudy.journal.Row;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes as one transaction, when, and what of it. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES", "DEBEZIUM"})
class PostgresTransactionsIT {
  @Parameter Reading reading;

  private static PostgresServer server;

  @BeforeAll
  static void startServer() {
    server =
        PostgresServer.start(
            PostgresSettings.defaults()
                .with("track_commit_timestamp", "on")
                .with("max_prepared_transactions", "4"));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void commitTimeAndPositionAreThoseTheServerKnows() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, Accounts.DDL)) {
      Lsn start = rig.prepare();
      String xid = rig.ask("INSERT INTO accounts VALUES (1, 'ann') RETURNING pg_current_xact_id()");
      Lsn end = Lsn.parse(rig.ask("SELECT pg_current_wal_insert_lsn()"));

      Transaction read = rig.readFrom(start).get(0);

      assertThat(read.position()).isGreaterThan(start).isLessThanOrEqualTo(end);
      String committed =
          "SELECT (extract(epoch FROM pg_xact_commit_timestamp('%s'::xid)) * 1000000)::bigint";
      assertThat(ChronoUnit.MICROS.between(Instant.EPOCH, read.time()))
          .isEqualTo(Long.parseLong(rig.ask(committed.formatted(xid))));
    }
  }

  @Test
  void logicalMessagesOfClientsAreNoChanges() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, Accounts.DDL)) {
      Lsn start = rig.prepare();
      rig.sql(
          "SELECT pg_logical_emit_message(false, 'understudy.marker', 'x')",
          "BEGIN",
          "SELECT pg_logical_emit_message(true, 'understudy.marker', 'y')",
          "INSERT INTO accounts VALUES (1, 'ann')",
          "SELECT pg_logical_emit_message(false, 'mine', repeat('z', 100000))",
          "INSERT INTO accounts VALUES (2, 'bob')",
          "SELECT pg_logical_emit_message(true, 'mine', 'z')",
          "COMMIT",
          "SELECT pg_logical_emit_message(false, 'mine', 'z')",
          "INSERT INTO accounts VALUES (3, 'cid')");
      List<Transaction> read = rig.readFrom(start);
      assertThat(read).hasSize(2);
      assertThat(read.get(0).changes()).hasSize(2);
      assertThat(read.get(1).changes()).hasSize(1);
    }
  }

  @Test
  void savepointsAndRollbacksLeaveOnlyWhatWasCommitted() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, Accounts.DDL)) {
      Lsn start = rig.prepare();
      rig.sql(
          "BEGIN",
          "INSERT INTO accounts VALUES (1, 'ann')",
          "SAVEPOINT s",
          "INSERT INTO accounts VALUES (2, 'bob')",
          "ROLLBACK TO s",
          "INSERT INTO accounts VALUES (3, 'cid')",
          "COMMIT",
          "BEGIN",
          "INSERT INTO accounts VALUES (4, 'dan')",
          "ROLLBACK");
      assertThat(rig.changesFrom(start))
          .containsExactly(
              new Change.Insert(Accounts.relation(), Row.of(text(1), text("ann"))),
              new Change.Insert(Accounts.relation(), Row.of(text(3), text("cid"))));
    }
  }

  @Test
  void preparedTransactionsComeWhenTheyAreCommitted() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, Accounts.DDL)) {
      Lsn start = rig.prepare();
      rig.sql(
          "BEGIN",
          "INSERT INTO accounts VALUES (1, 'ann')",
          "PREPARE TRANSACTION 'kept'",
          "BEGIN",
          "INSERT INTO accounts VALUES (2, 'bob')",
          "PREPARE TRANSACTION 'dropped'",
          "INSERT INTO accounts VALUES (3, 'cid')");
      List<Transaction> first = rig.readFrom(start);
      rig.sql(
          "COMMIT PREPARED 'kept'",
          "ROLLBACK PREPARED 'dropped'",
          "INSERT INTO accounts VALUES (4, 'dan')");
      List<Transaction> then = rig.readFrom(first.get(0).position());

      assertThat(first).hasSize(1);
      assertThat(first.get(0).changes())
          .containsExactly(new Change.Insert(Accounts.relation(), Row.of(text(3), text("cid"))));
      assertThat(then)
          .flatExtracting(Transaction::changes)
          .containsExactly(
              new Change.Insert(Accounts.relation(), Row.of(text(1), text("ann"))),
              new Change.Insert(Accounts.relation(), Row.of(text(4), text("dan"))));
    }
  }

  @Test
  void tenThousandSubtransactionsHalfOfThemRolledBack() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, Accounts.DDL)) {
      Lsn start = rig.prepare();
      rig.sql(
          """
          DO $$
          BEGIN
            FOR i IN 1..10000 LOOP
              BEGIN
                INSERT INTO accounts VALUES (i, 'n' || i);
                IF i % 2 = 0 THEN RAISE EXCEPTION 'back'; END IF;
              EXCEPTION WHEN raise_exception THEN NULL;
              END;
            END LOOP;
          END $$
          """);
      List<Transaction> read = rig.readFrom(start);
      assertThat(read).hasSize(1);
      assertThat(read.get(0).changes())
          .extracting(change -> ((Change.Insert) change).after().get(0))
          .containsExactlyElementsOf(
              IntStream.range(0, 5000).mapToObj(i -> text(2 * i + 1)).toList());
    }
  }
}
