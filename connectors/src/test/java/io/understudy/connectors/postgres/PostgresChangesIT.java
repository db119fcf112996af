package io.understudy.connectors.postgres;

import static io.understudy.connectors.postgres.Accounts.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.Change;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the log says for what clients do to rows. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES", "DEBEZIUM"})
class PostgresChangesIT {
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
  void insertUpdateAndDeleteComeAsOneTransactionInOrder() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, Accounts.DDL)) {
      Lsn start = rig.prepare();
      rig.client.setAutoCommit(false);
      rig.sql(
          "INSERT INTO accounts VALUES (1, 'ann'), (2, NULL)",
          "UPDATE accounts SET owner = 'bob' WHERE id = 1",
          "DELETE FROM accounts WHERE id = 2");
      String xid = rig.ask("SELECT pg_current_xact_id()");
      rig.client.commit();
      rig.client.setAutoCommit(true);

      List<Transaction> read = rig.readFrom(start);

      assertThat(read).hasSize(1);
      assertThat(read.get(0).id()).isEqualTo(xid);
      assertThat(read.get(0).changes())
          .containsExactly(
              new Change.Insert(Accounts.relation(), Row.of(text(1), text("ann"))),
              new Change.Insert(Accounts.relation(), Row.of(text(2), Value.NULL)),
              new Change.Update(
                  Accounts.relation(), Optional.empty(), Row.of(text(1), text("bob"))),
              new Change.Delete(Accounts.relation(), Row.of(text(2), Value.UNCHANGED)));
    }
  }

  @Test
  void aChangedKeyComesAsOneUpdateThatSaysTheFormerKey() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, Accounts.DDL)) {
      Lsn start = rig.prepare();
      rig.sql("INSERT INTO accounts VALUES (1, 'ann')", "UPDATE accounts SET id = 7");

      assertThat(rig.changesFrom(start))
          .last()
          .isEqualTo(
              new Change.Update(
                  Accounts.relation(),
                  Optional.of(Row.of(text(1), Value.UNCHANGED)),
                  Row.of(text(7), text("ann"))));
    }
  }

  @Test
  void swappedKeysOfADeferrableConstraintCanBeFollowed() throws Exception {
    try (SourceRig rig =
            SourceRig.with(
                reading,
                server,
                "CREATE TABLE seats (id int NOT NULL, guest text,"
                    + " UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)",
                "ALTER TABLE seats REPLICA IDENTITY FULL");
        Replica replica = Replica.of(rig)) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO seats VALUES (1, 'ann'), (2, 'bob')",
          "UPDATE seats SET id = 3 - id",
          "UPDATE seats SET id = 3 - id WHERE guest = 'ann' OR guest = 'bob'");
      for (Transaction transaction : rig.readFrom(start)) {
        replica.execute("BEGIN");
        replica.apply(List.of(transaction));
        replica.execute("COMMIT");
      }
      replica.assertSameAs(rig);
    }
  }

  @Test
  void tablesTruncatedByOneStatementAreOneChange() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            reading,
            server,
            Accounts.DDL,
            "CREATE TABLE visits (account int REFERENCES accounts, n int PRIMARY KEY)",
            "CREATE TABLE alone (id int PRIMARY KEY)")) {
      Lsn start = rig.prepare();
      rig.sql("BEGIN", "TRUNCATE accounts CASCADE", "TRUNCATE alone", "TRUNCATE alone", "COMMIT");

      List<List<String>> truncated =
          rig.changesFrom(start).stream()
              .map(change -> change.relations().stream().map(r -> r.table().table()).toList())
              .toList();

      assertThat(truncated)
          .containsExactly(List.of("accounts", "visits"), List.of("alone"), List.of("alone"));
    }
  }

  @Test
  void duplicateRowsOfATableWithoutKeyAreChangedOneByOne() throws Exception {
    try (SourceRig rig =
            SourceRig.with(
                reading,
                server,
                "CREATE TABLE notes (n int, note text, weight float8)",
                "ALTER TABLE notes REPLICA IDENTITY FULL");
        Replica replica = Replica.of(rig)) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO notes VALUES (1, 'x', '-0'), (1, 'x', '-0'), (1, 'x', 'NaN'), (NULL, NULL,"
              + " NULL)",
          "UPDATE notes SET note = 'y' WHERE ctid = '(0,1)'",
          "DELETE FROM notes WHERE ctid = '(0,2)'",
          "DELETE FROM notes WHERE n IS NULL");
      List<Change> changes = rig.changesFrom(start);
      for (Change change : changes) {
        replica.apply(change);
      }
      assertThat(changes).hasSize(7);
      replica.assertSameAs(rig);
    }
  }
}
