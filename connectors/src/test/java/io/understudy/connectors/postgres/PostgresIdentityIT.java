package io.understudy.connectors.postgres;

import static io.understudy.connectors.postgres.Accounts.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** By which columns the log identifies rows, and what it leaves out of the others. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES", "DEBEZIUM"})
class PostgresIdentityIT {
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
  void theReplicaIdentityIndexIsTheKey() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            reading,
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
        SourceRig.with(
            reading, server, Accounts.DDL, "ALTER TABLE accounts REPLICA IDENTITY FULL")) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO accounts VALUES (1, 'ann')",
          "UPDATE accounts SET owner = 'bob'",
          "UPDATE accounts SET id = 2",
          "DELETE FROM accounts");
      assertThat(rig.changesFrom(start))
          .containsExactly(
              new Change.Insert(Accounts.relation(), Row.of(text(1), text("ann"))),
              new Change.Update(
                  Accounts.relation(), Optional.empty(), Row.of(text(1), text("bob"))),
              new Change.Update(
                  Accounts.relation(),
                  Optional.of(Row.of(text(1), Value.UNCHANGED)),
                  Row.of(text(2), text("bob"))),
              new Change.Delete(Accounts.relation(), Row.of(text(2), Value.UNCHANGED)));
    }
  }

  @Test
  void rowsBeforeAChangeOfTheKeyAreIdentifiedByTheFormerOne() throws Exception {
    try (SourceRig rig =
            SourceRig.with(
                reading, server, "CREATE TABLE t (a int PRIMARY KEY, b int NOT NULL, c text)");
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

  @Test
  void anUnchangedLargeValueIsLeftAloneUnderEveryReplicaIdentity() throws Exception {
    List<String> identities =
        List.of("DEFAULT", "USING INDEX %s_code", "FULL", "FULL without a key");
    List<String> ddl = new ArrayList<>();
    for (int i = 0; i < identities.size(); i++) {
      String table = "t" + i;
      String key = identities.get(i).endsWith("key") ? "" : " PRIMARY KEY";
      ddl.add("CREATE TABLE " + table + " (id int" + key + ", code text NOT NULL, n int, v text)");
      ddl.add("ALTER TABLE " + table + " ALTER COLUMN v SET STORAGE EXTERNAL");
      ddl.add("ALTER TABLE " + table + " ALTER COLUMN code SET STORAGE EXTERNAL");
      ddl.add("CREATE UNIQUE INDEX " + table + "_code ON " + table + " (code)");
      ddl.add(
          "ALTER TABLE "
              + table
              + " REPLICA IDENTITY "
              + identities.get(i).formatted(table).replace(" without a key", ""));
    }
    try (SourceRig rig = SourceRig.with(reading, server, ddl.toArray(String[]::new));
        Replica replica = Replica.of(rig)) {
      Lsn start = rig.prepare();
      for (int i = 0; i < identities.size(); i++) {
        String table = "t" + i;
        rig.sql(
            "INSERT INTO "
                + table
                + " VALUES (1, repeat('c', 2500), 1, repeat('v', 9000)), (2, 'd', 2, 'small')",
            "UPDATE " + table + " SET n = n + 1",
            "UPDATE " + table + " SET id = id + 10",
            "UPDATE " + table + " SET code = code || 'x'",
            "UPDATE " + table + " SET v = 'u' WHERE n = 2");
      }
      List<Change> changes = rig.changesFrom(start);
      assertThat(changes).hasSize(9 * identities.size());
      for (int i = 0; i < identities.size(); i++) {
        Change.Update first = (Change.Update) changes.get(9 * i + 2);
        // Where the former row is logged whole, Debezium repeats its value.
        if (reading != Reading.DEBEZIUM || !identities.get(i).startsWith("FULL")) {
          assertThat(first.after().get(3)).as(identities.get(i)).isEqualTo(Value.UNCHANGED);
        }
      }
      for (Change change : changes) {
        replica.apply(change);
      }
      replica.assertSameAs(rig);
    }
  }
}
