package io.understudy.applier.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.applier.ApplierState;
import io.understudy.applier.Bank;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.testkit.MysqlProduct;
import io.understudy.testkit.MysqlServer;
import io.understudy.testkit.MysqlSettings;
import io.understudy.testkit.TcpProxy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole applier on a real standby, whatever happens to its session or its server. */
@ExtendWith(OneServer.class)
class ApplierIT {
  private static final String TEXT = "text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

  private static final String DDL =
      "CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL, note "
          + TEXT
          + ");"
          + "CREATE TABLE history (account int, delta bigint, sequence bigint)";

  private static final int MOST_KILLS = 100;

  @ParameterizedTest
  @EnumSource
  void appliesExactlyOnceWhileItsSessionIsKilledAgainAndAgain(MysqlProduct product)
      throws Exception {
    long seed = System.nanoTime();
    String name = StandbyDatabase.nextName();
    Bank bank = bank(name, seed).live(1_500);
    try (StandbyDatabase south = StandbyDatabase.create(OneServer.of(product), name, DDL);
        Supervised applier = new Supervised(south, bank)) {
      Future<Integer> end = applier.start();
      Random random = new Random(seed);
      int kills = 0;
      try (Connection connection = south.connect();
          Statement statement = connection.createStatement()) {
        while (!end.isDone()) {
          requireWholeTransactions(statement);
          if (kills == MOST_KILLS) {
            continue;
          }
          Thread.sleep(random.nextInt(60));
          kills += kill(south) ? 1 : 0;
        }
      }
      assertThat(end.get()).as("runs, seed %d", seed).isGreaterThan(1);
      assertThat(kills).isPositive();
      requireContent(south, bank, seed);
    }
  }

  /** Whether the last commit came through is not known then; the progress row is asked. */
  @ParameterizedTest
  @EnumSource
  void appliesExactlyOnceWhileItsConnectionIsCutAgainAndAgain(MysqlProduct product)
      throws Exception {
    long seed = System.nanoTime();
    String name = StandbyDatabase.nextName();
    Bank bank = bank(name, seed).live(2_500);
    try (StandbyDatabase south = StandbyDatabase.create(OneServer.of(product), name, DDL);
        TcpProxy proxy = proxy(product);
        StandbyDatabase behind = south.through(proxy);
        Supervised applier = new Supervised(behind, bank)) {
      Future<Integer> end = applier.start();
      Random random = new Random(seed);
      for (int cuts = 0; cuts < 20 && !end.isDone(); cuts++) {
        Thread.sleep(300 + random.nextInt(300));
        proxy.cut();
        Thread.sleep(50 + random.nextInt(100)); // the outage
        proxy.heal();
      }
      assertThat(end.get()).as("runs, seed %d", seed).isGreaterThan(1);
      requireContent(south, bank, seed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void noticesAServerThatWentWithoutAWordAndGoesOnWhenItIsBack(MysqlProduct product)
      throws Exception {
    String name = StandbyDatabase.nextName();
    Bank bank = bank(name, 3).live(1_000);
    try (StandbyDatabase south = StandbyDatabase.create(OneServer.of(product), name, DDL);
        TcpProxy proxy = proxy(product);
        StandbyDatabase behind = south.through(proxy);
        Supervised applier = new Supervised(behind, bank)) {
      Future<Integer> end = applier.start();
      await().until(() -> applier.reached() > 0 || end.isDone());
      proxy.blackHole();
      await().atMost(Duration.ofSeconds(30)).until(() -> applier.lost.get() > 0);
      assertThat(end.isDone()).isFalse();
      proxy.heal();
      assertThat(end.get()).isGreaterThan(1);
      requireContent(south, bank, 3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void losesNothingThatItCommittedInACrashOfTheStandby(MysqlProduct product) throws Exception {
    long seed = System.nanoTime();
    String name = StandbyDatabase.nextName();
    Bank bank = bank(name, seed).live(2_000);
    try (MysqlServer own = MysqlServer.start(MysqlSettings.of(product));
        StandbyDatabase south = StandbyDatabase.create(own, name, DDL);
        Supervised applier = new Supervised(south, bank)) {
      Future<Integer> end = applier.start();
      for (int crash = 0; crash < 3; crash++) {
        long target = (crash + 1) * bank.sequence() / 5;
        while (applier.reached() < target && !end.isDone()) {
          Thread.sleep(1);
        }
        own.kill9();
        own.startAgain();
      }
      assertThat(end.get()).isGreaterThan(1);
      requireContent(south, bank, seed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTransactionInPiecesIsOneAlsoIfItWasBegunAnewAndInterrupted(MysqlProduct product)
      throws Exception {
    long seed = System.nanoTime();
    String name = StandbyDatabase.nextName();
    Bank bank = bank(name, seed).live(5).large(20_000, true).live(5);
    try (StandbyDatabase south = StandbyDatabase.create(OneServer.of(product), name, DDL);
        Supervised applier = new Supervised(south, bank);
        Connection connection = south.connect();
        Statement statement = connection.createStatement()) {
      Future<Integer> end = applier.start();
      for (int kill = 0; kill < 3 && !end.isDone(); kill++) {
        while (applier.reached() < 5 && !end.isDone()) {
          requireWholeTransactions(statement);
        }
        Thread.sleep(100);
        kill(south);
      }
      end.get();
      requireContent(south, bank, seed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void drainsToASealAndThenOpens(MysqlProduct product) throws Exception {
    String name = StandbyDatabase.nextName();
    Bank bank = bank(name, 1).live(50).seal();
    long seal = bank.entries().get(bank.entries().size() - 1).offset();
    try (StandbyDatabase south = StandbyDatabase.create(OneServer.of(product), name, DDL);
        Supervised applier = new Supervised(south, bank)) {
      assertThat(applier.applier.drainTo(seal).offset()).isEqualTo(seal);
      requireContent(south, bank, 1);
      south.standby().open();
      assertThat(applier.applier.drainTo(seal).offset()).as("repeated").isEqualTo(seal);
      assertThat(south.standby().isReadOnly()).isFalse();
      assertThatThrownBy(() -> applier.applier.run(() -> {})).isInstanceOf(MirrorException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStaleApplierSaysThatItWasSuperseded(MysqlProduct product) throws Exception {
    String name = StandbyDatabase.nextName();
    Bank bank = bank(name, 2).live(200);
    try (StandbyDatabase south = StandbyDatabase.create(OneServer.of(product), name, DDL);
        Supervised stale = new Supervised(south, bank, "stale");
        StandbyDatabase again = south.another();
        Supervised next = new Supervised(again, bank, "next")) {
      south.follow("init").close();
      // asleep, and while it sleeps another one takes over and finishes
      stale.journal.beforePoll(
          3,
          () -> {
            try {
              assertThat(next.applier.run(() -> {})).isEqualTo(ApplierState.STOPPED);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      assertThatThrownBy(stale::runAsSupervised)
          .isInstanceOf(MirrorException.Superseded.class)
          .hasMessageContaining("stale");
      assertThat(stale.applier.status().state()).isEqualTo(ApplierState.BROKEN);
      requireContent(south, bank, 2);
    }
  }

  private static Bank bank(String name, long seed) {
    return new Bank(
        seed,
        new Relation(
            new TableName(name, "account"),
            List.of(
                new Column("id", "int", true),
                new Column("balance", "bigint", false),
                new Column("note", TEXT, false))),
        new Relation(
            new TableName(name, "history"),
            List.of(
                new Column("account", "int", false),
                new Column("delta", "bigint", false),
                new Column("sequence", "bigint", false))),
        StandbyDatabase::position);
  }

  private static TcpProxy proxy(MysqlProduct product) throws IOException {
    MysqlServer server = OneServer.of(product);
    return TcpProxy.to(server.host(), server.port());
  }

  /** Ends the applier's session, if there is one now. */
  private static boolean kill(StandbyDatabase south) throws SQLException {
    String session =
        south.value(
            "SELECT coalesce(max(id), 0) FROM information_schema.processlist WHERE id = "
                + "is_used_lock('"
                + Ownership.lock("shop", south.name())
                + "')");
    try {
      south.execute("KILL " + session);
      return true;
    } catch (SQLException e) {
      return false; // it was gone already
    }
  }

  /** At each moment the standby shows a state that the bank had after some transaction. */
  private static void requireWholeTransactions(Statement statement) throws SQLException {
    String sql =
        "SELECT coalesce(sum(balance), 0), (SELECT coalesce(sum(delta), 0) FROM history),"
            + " (SELECT coalesce(max(sequence), 0) FROM history),"
            + " (SELECT sequence FROM understudy.mirror WHERE home = database()) FROM account";
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      assertThat(row.getLong(1)).isZero();
      assertThat(row.getLong(2)).isZero();
      assertThat(row.getLong(3)).isEqualTo(row.getLong(4));
    }
  }

  private static void requireContent(StandbyDatabase south, Bank bank, long seed)
      throws SQLException {
    assertThat(south.query("SELECT id, balance, note FROM account ORDER BY id"))
        .as("seed %d", seed)
        .isEqualTo(bank.accounts());
    assertThat(south.query("SELECT * FROM history"))
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(bank.history());
    assertThat(south.standby().progress().orElseThrow().sequence())
        .isEqualTo(new Sequence(bank.sequence()));
  }
}
