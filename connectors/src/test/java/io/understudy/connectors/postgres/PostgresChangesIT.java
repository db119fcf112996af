package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the log says for what clients do. */
class PostgresChangesIT {
  private static final String ACCOUNTS = "CREATE TABLE accounts (id int PRIMARY KEY, owner text)";
  private static PostgresServer server;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(PostgresSettings.defaults().with("track_commit_timestamp", "on"));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static Value text(Object value) {
    return new Value.Text(value.toString());
  }

  private static Relation accounts() {
    return new Relation(
        new TableName("public", "accounts"),
        List.of(new Column("id", "integer", true), new Column("owner", "text", false)));
  }

  @Test
  void insertUpdateAndDeleteComeAsOneTransactionInOrder() throws Exception {
    try (SourceRig rig = SourceRig.with(server, ACCOUNTS)) {
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
              new Change.Insert(accounts(), Row.of(text(1), text("ann"))),
              new Change.Insert(accounts(), Row.of(text(2), Value.NULL)),
              new Change.Update(accounts(), Optional.empty(), Row.of(text(1), text("bob"))),
              new Change.Delete(accounts(), Row.of(text(2), Value.UNCHANGED)));
    }
  }

  @Test
  void commitTimeAndPositionAreThoseTheServerKnows() throws Exception {
    try (SourceRig rig = SourceRig.with(server, ACCOUNTS)) {
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
  void aChangedKeyComesAsOneUpdateThatSaysTheFormerKey() throws Exception {
    try (SourceRig rig = SourceRig.with(server, ACCOUNTS)) {
      Lsn start = rig.prepare();
      rig.sql("INSERT INTO accounts VALUES (1, 'ann')", "UPDATE accounts SET id = 7");

      assertThat(rig.changesFrom(start))
          .last()
          .isEqualTo(
              new Change.Update(
                  accounts(),
                  Optional.of(Row.of(text(1), Value.UNCHANGED)),
                  Row.of(text(7), text("ann"))));
    }
  }

  @Test
  void swappedKeysOfADeferrableConstraintCanBeFollowed() throws Exception {
    try (SourceRig rig =
            SourceRig.with(
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
            server,
            ACCOUNTS,
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
                server,
                "CREATE TABLE notes (n int, note text, weight float8)",
                "ALTER TABLE notes REPLICA IDENTITY FULL");
        Replica replica = Replica.of(rig)) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO notes VALUES (1, 'x', '-0'), (1, 'x', '-0'), (1, 'x', 'NaN'), (NULL, NULL, NULL)",
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

  @Test
  void theReplicaIdentityIndexIsTheKey() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            server,
            "CREATE TABLE codes (id int PRIMARY KEY, a text NOT NULL, b int NOT NULL, c text)",
            "CREATE UNIQUE INDEX codes_ab ON codes (b, a) INCLUDE (c)",
            "ALTER TABLE codes REPLICA IDENTITY USING INDEX codes_ab")) {
      assertThat(rig.source.tables().get(0).columns())
          .filteredOn(Column::key)
          .extracting(Column::name)
          .containsExactly("a", "b");
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO codes VALUES (1, 'x', 2, 'z')",
          "UPDATE codes SET id = 5",
          "UPDATE codes SET a = 'w'",
          "DELETE FROM codes");
      List<Change> changes = rig.changesFrom(start);

      assertThat(((Change.Update) changes.get(1)).before()).isEmpty();
      assertThat(((Change.Update) changes.get(2)).before())
          .contains(Row.of(Value.UNCHANGED, text("x"), text(2), Value.UNCHANGED));
      assertThat(((Change.Delete) changes.get(3)).before())
          .isEqualTo(Row.of(Value.UNCHANGED, text("w"), text(2), Value.UNCHANGED));
    }
  }

  @Test
  void aFullReplicaIdentityIsReducedToThePrimaryKey() throws Exception {
    try (SourceRig rig =
        SourceRig.with(server, ACCOUNTS, "ALTER TABLE accounts REPLICA IDENTITY FULL")) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO accounts VALUES (1, 'ann')",
          "UPDATE accounts SET owner = 'bob'",
          "UPDATE accounts SET id = 2",
          "DELETE FROM accounts");
      assertThat(rig.changesFrom(start))
          .containsExactly(
              new Change.Insert(accounts(), Row.of(text(1), text("ann"))),
              new Change.Update(accounts(), Optional.empty(), Row.of(text(1), text("bob"))),
              new Change.Update(
                  accounts(),
                  Optional.of(Row.of(text(1), Value.UNCHANGED)),
                  Row.of(text(2), text("bob"))),
              new Change.Delete(accounts(), Row.of(text(2), Value.UNCHANGED)));
    }
  }

  @Test
  void rowsBehindAChangeOfTheTableHaveItsNewShape() throws Exception {
    try (SourceRig rig = SourceRig.with(server, ACCOUNTS)) {
      Lsn start = rig.prepare();
      rig.sql(
          "BEGIN",
          "INSERT INTO accounts VALUES (1, 'ann')",
          "ALTER TABLE accounts ADD COLUMN vip boolean DEFAULT true",
          "INSERT INTO accounts VALUES (2, 'bob', NULL)",
          "ALTER TABLE accounts DROP COLUMN owner",
          "ALTER TABLE accounts ALTER COLUMN id TYPE numeric(8,2)",
          "INSERT INTO accounts VALUES (3, false)",
          "COMMIT",
          "ALTER TABLE accounts RENAME COLUMN vip TO important",
          "INSERT INTO accounts VALUES (4, true)");
      List<String> shapes =
          rig.changesFrom(start).stream()
              .filter(change -> change instanceof Change.Insert)
              .map(
                  change ->
                      ((Change.Insert) change).after().values().size()
                          + change.relations().get(0).columns().toString())
              .toList();
      assertThat(shapes.get(0)).startsWith("2").contains("owner").doesNotContain("vip");
      assertThat(shapes.get(1)).startsWith("3").contains("owner", "vip", "boolean");
      assertThat(shapes.get(shapes.size() - 2))
          .startsWith("2")
          .contains("numeric(8,2)", "vip")
          .doesNotContain("owner");
      assertThat(shapes.get(shapes.size() - 1)).contains("important").doesNotContain("vip");
    }
  }

  @Test
  void partitionsComeUnderTheirOwnNamesAlsoThoseMadeLater() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            server,
            "CREATE TABLE events (id int, day int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
            "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (10)")) {
      assertThat(rig.source.tables())
          .extracting(r -> r.table().table())
          .containsExactly("events_1");
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO events VALUES (1, 5)",
          "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20)",
          "INSERT INTO events VALUES (2, 15)",
          "UPDATE events SET day = 16 WHERE id = 1",
          "TRUNCATE events");
      List<String> read =
          rig.changesFrom(start).stream()
              .map(
                  change ->
                      change.getClass().getSimpleName()
                          + change.relations().stream().map(r -> r.table().table()).toList())
              .toList();
      assertThat(read)
          .containsExactly(
              "Insert[events_1]",
              "Insert[events_2]",
              "Delete[events_1]",
              "Insert[events_2]",
              "Truncate[events_1, events_2]");
    }
  }

  @Test
  void generatedColumnsDoNotTravel() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            server,
            "CREATE TABLE sums (id int PRIMARY KEY, a int,"
                + " twice int GENERATED ALWAYS AS (a * 2) STORED, b int)")) {
      Relation expected =
          new Relation(
              new TableName("public", "sums"),
              List.of(
                  new Column("id", "integer", true),
                  new Column("a", "integer", false),
                  new Column("b", "integer", false)));
      assertThat(rig.source.tables()).containsExactly(expected);
      Lsn start = rig.prepare();
      rig.sql("INSERT INTO sums (id, a, b) VALUES (1, 2, 3)");
      assertThat(rig.changesFrom(start))
          .containsExactly(new Change.Insert(expected, Row.of(text(1), text(2), text(3))));
    }
  }

  @Test
  void namesAreKeptWhateverTheyContain() throws Exception {
    String schema = "\"S.1 a\"\"b,c\"";
    String table = schema + ".\"T.2 x\"\"y,\\z [ä]\nnew\"";
    try (SourceRig rig =
            SourceRig.with(
                server,
                "CREATE SCHEMA " + schema,
                "CREATE TABLE " + table + " (\"Id.3 p\"\"q,r\" int PRIMARY KEY, \"select\" text)");
        Replica replica = Replica.of(rig)) {
      assertThat(rig.source.obstacles()).isEmpty();
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO " + table + " VALUES (1, 'a'), (2, 'b'), (3, 'c')",
          "UPDATE " + table + " SET \"Id.3 p\"\"q,r\" = 9 WHERE \"select\" = 'b'",
          "DELETE FROM " + table + " WHERE \"select\" = 'c'");
      List<Change> changes = rig.changesFrom(start);
      assertThat(changes).hasSize(5);
      assertThat(changes.get(0).relations()).isEqualTo(rig.source.tables());
      for (Change change : changes) {
        replica.apply(change);
      }
      replica.assertSameAs(rig);
    }
  }

  @Test
  void onlyTablesThatThePatternsMatchAreRead() throws Exception {
    TablePatterns patterns = new TablePatterns(List.of("public.*"), List.of("public.skip*"));
    try (SourceRig rig =
        SourceRig.matching(
            server,
            patterns,
            ACCOUNTS,
            "CREATE SCHEMA other",
            "CREATE TABLE other.t (id int PRIMARY KEY)",
            "CREATE TABLE skipped (id int PRIMARY KEY)",
            "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)",
            "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)",
            "CREATE TABLE skip_2 PARTITION OF parted FOR VALUES FROM (10) TO (20)",
            "CREATE SCHEMA understudy",
            "CREATE TABLE understudy.mirror (id int PRIMARY KEY)")) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO other.t VALUES (1)",
          "INSERT INTO skipped VALUES (1)",
          "INSERT INTO understudy.mirror VALUES (1)",
          "INSERT INTO parted VALUES (1), (11), (2)",
          "INSERT INTO accounts VALUES (1, 'ann')");
      assertThat(rig.changesFrom(start))
          .extracting(change -> change.relations().get(0).table().table())
          .containsExactly("parted_1", "parted_1", "accounts");
    }
  }

  @Test
  void logicalMessagesOfClientsAreNoChanges() throws Exception {
    try (SourceRig rig = SourceRig.with(server, ACCOUNTS)) {
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
    try (SourceRig rig = SourceRig.with(server, ACCOUNTS)) {
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
              new Change.Insert(accounts(), Row.of(text(1), text("ann"))),
              new Change.Insert(accounts(), Row.of(text(3), text("cid"))));
    }
  }

  @Test
  void aDroppedTablesRowsAreStillRead() throws Exception {
    try (SourceRig rig =
            SourceRig.with(
                server,
                ACCOUNTS,
                "CREATE TYPE mood AS ENUM ('sad', 'glad')",
                "CREATE TABLE gone (id int PRIMARY KEY, note text)",
                "CREATE TABLE full_gone (id int, note text)",
                "ALTER TABLE full_gone REPLICA IDENTITY FULL");
        Replica replica = Replica.of(rig)) {
      Lsn start = rig.prepare();
      for (String table : List.of("gone", "full_gone")) {
        rig.sql(
            "INSERT INTO " + table + " VALUES (1, 'a'), (2, 'b'), (3, NULL)",
            "UPDATE " + table + " SET note = 'c' WHERE id = 1",
            "UPDATE " + table + " SET id = 9 WHERE id = 2",
            "DELETE FROM " + table + " WHERE id = 3",
            "DROP TABLE " + table);
      }
      rig.sql("INSERT INTO accounts VALUES (1, 'ann')");
      for (Change change : rig.changesFrom(start)) {
        replica.apply(change);
      }
      replica.assertSameAs(rig);
      assertThat(replica.print("SELECT string_agg(t::text, ' ' ORDER BY id) FROM public.gone t"))
          .isEqualTo("(1,c) (9,b)");
      assertThat(
              replica.print("SELECT string_agg(t::text, ' ' ORDER BY id) FROM public.full_gone t"))
          .isEqualTo("(1,c) (9,b)");
    }
  }

  @Test
  void rowsBeforeAChangeOfTheKeyAreIdentifiedByTheFormerOne() throws Exception {
    try (SourceRig rig =
            SourceRig.with(server, "CREATE TABLE t (a int PRIMARY KEY, b int NOT NULL, c text)");
        Replica replica = Replica.of(rig)) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO t VALUES (1, 10, 'x'), (2, 20, 'y'), (3, 30, 'z')",
          "UPDATE t SET c = 'u' WHERE a = 1",
          "DELETE FROM t WHERE a = 3",
          "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (b)",
          "UPDATE t SET c = 'v' WHERE a = 2",
          "UPDATE t SET b = 11 WHERE a = 1",
          "ALTER TABLE t DROP CONSTRAINT t_pkey",
          "ALTER TABLE t REPLICA IDENTITY FULL",
          "UPDATE t SET c = 'w'");
      List<Change> changes = rig.changesFrom(start);
      for (Change change : changes) {
        replica.apply(change);
      }
      replica.assertSameAs(rig);
      List<List<String>> keys =
          changes.stream()
              .map(
                  change ->
                      change.relations().get(0).columns().stream()
                          .filter(Column::key)
                          .map(Column::name)
                          .toList())
              .toList();
      assertThat(keys.subList(0, 5)).containsOnly(List.of("a"));
      assertThat(keys.subList(5, 7)).containsOnly(List.of("b"));
      assertThat(keys.subList(7, 9)).containsOnly(List.of());
    }
  }
}
