package io.understudy.applier.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.applier.Applier;
import io.understudy.applier.ApplierLimits;
import io.understudy.applier.ApplierState;
import io.understudy.applier.Bank;
import io.understudy.applier.FakeJournal;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Sequence;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import io.understudy.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole applier on a real standby, whatever happens to its session or its server. */
@ExtendWith(WithServer.class)
class ApplierIT {
  private static final String KILL =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ="
          + " 'understudy shop applier' AND datname = current_database()";

  private static final int MOST_KILLS = 100;

  private final PostgresServer server;

  ApplierIT(PostgresServer server) {
    this.server = server;
  }

  @Test
  void appliesExactlyOnceWhileItsSessionIsKilledAgainAndAgain() throws Exception {
    long seed = System.nanoTime();
    Bank bank = new Bank(seed).live(3_000);
    try (StandbyDatabase south = StandbyDatabase.create(server, Bank.DDL);
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
          try (ResultSet killed = statement.executeQuery(KILL)) {
            kills += killed.next() ? 1 : 0;
          }
        }
      }
      assertThat(end.get()).as("runs, seed %d", seed).isGreaterThan(1);
      assertThat(kills).isPositive();
      requireContent(south, bank, seed);
    }
  }

  /** Whether the last commit came through is not known then; the progress row is asked. */
  @Test
  void appliesExactlyOnceWhileItsConnectionIsCutAgainAndAgain() throws Exception {
    long seed = System.nanoTime();
    Bank bank = new Bank(seed).live(5_000);
    try (StandbyDatabase south = StandbyDatabase.create(server, Bank.DDL);
        TcpProxy proxy = TcpProxy.to(server.host(), server.port());
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

  @Test
  void noticesAServerThatWentWithoutAWordAndGoesOnWhenItIsBack() throws Exception {
    Bank bank = new Bank(3).live(5_000);
    try (StandbyDatabase south = StandbyDatabase.create(server, Bank.DDL);
        TcpProxy proxy = TcpProxy.to(server.host(), server.port());
        StandbyDatabase behind = south.through(proxy);
        Supervised applier = new Supervised(behind, bank)) {
      Future<Integer> end = applier.start();
      await().until(() -> applier.reached() > 0);
      proxy.blackHole();
      await().atMost(Duration.ofSeconds(60)).until(() -> applier.lost.get() > 0);
      assertThat(end.isDone()).isFalse();
      proxy.heal();
      assertThat(end.get()).isGreaterThan(1);
      requireContent(south, bank, 3);
    }
  }

  @Test
  void losesNothingThatItCommittedInACrashOfTheStandby() throws Exception {
    long seed = System.nanoTime();
    Bank bank = new Bank(seed).live(2_000);
    try (PostgresServer own = PostgresServer.start(PostgresSettings.defaults());
        StandbyDatabase south = StandbyDatabase.create(own, Bank.DDL);
        Supervised applier = new Supervised(south, bank)) {
      Future<Integer> end = applier.start();
      for (int crash = 0; crash < 3; crash++) {
        long target = (crash + 1) * bank.sequence() / 5;
        while (applier.reached() < target) {
          Thread.sleep(1);
        }
        own.kill9();
        own.startAgain();
      }
      assertThat(end.get()).isGreaterThan(1);
      requireContent(south, bank, seed);
    }
  }

  @Test
  void aTransactionInPiecesIsOneAlsoIfItWasBegunAnewAndInterrupted() throws Exception {
    long seed = System.nanoTime();
    Bank bank = new Bank(seed).live(5).large(20_000, true).live(5);
    try (StandbyDatabase south = StandbyDatabase.create(server, Bank.DDL);
        Supervised applier = new Supervised(south, bank);
        Connection connection = south.connect();
        Statement statement = connection.createStatement()) {
      Future<Integer> end = applier.start();
      for (int kill = 0; kill < 3 && !end.isDone(); kill++) {
        while (applier.reached() < 5 && !end.isDone()) {
          requireWholeTransactions(statement);
        }
        Thread.sleep(100);
        statement.executeQuery(KILL).close();
      }
      end.get();
      requireContent(south, bank, seed);
    }
  }

  @Test
  void drainsToASealAndThenOpens() throws Exception {
    Bank bank = new Bank(1).live(50).seal();
    long seal = bank.entries().get(bank.entries().size() - 1).offset();
    try (StandbyDatabase south = StandbyDatabase.create(server, Bank.DDL);
        Supervised applier = new Supervised(south, bank)) {
      assertThat(applier.applier.drainTo(seal).offset()).isEqualTo(seal);
      requireContent(south, bank, 1);
      south.standby().open();
      assertThat(applier.applier.drainTo(seal).offset()).as("repeated").isEqualTo(seal);
      assertThat(south.standby().isReadOnly()).isFalse();
      assertThatThrownBy(() -> applier.applier.run(() -> {})).isInstanceOf(MirrorException.class);
    }
  }

  @Test
  void aStaleApplierSaysThatItWasSuperseded() throws Exception {
    Bank bank = new Bank(2).live(200);
    try (StandbyDatabase south = StandbyDatabase.create(server, Bank.DDL);
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

  /** At each moment the standby shows a state that the bank had after some transaction. */
  private static void requireWholeTransactions(Statement statement) throws SQLException {
    String sql =
        "SELECT coalesce(sum(balance), 0), (SELECT coalesce(sum(delta), 0) FROM history),"
            + " (SELECT coalesce(max(sequence), 0) FROM history),"
            + " (SELECT sequence FROM understudy.mirror) FROM account";
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

  /** An applier that stops at the journal's end, run as its supervisor would. */
  private static final class Supervised implements AutoCloseable {
    private final FakeJournal journal = new FakeJournal();
    private final Applier applier;
    private final AtomicInteger lost = new AtomicInteger();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    Supervised(StandbyDatabase south, Bank bank) {
      this(south, bank, "me");
      south.follow("init").close();
    }

    Supervised(StandbyDatabase south, Bank bank, String owner) {
      applier =
          new Applier(
              StandbyDatabase.MIRROR,
              new DatabaseName("south"),
              south.standby(),
              journal.holding(bank.entries()).pollLimit(50),
              ApplierLimits.DEFAULT,
              owner);
      journal.atTheEnd(applier::stop);
    }

    Future<Integer> start() {
      Callable<Integer> run = this::runAsSupervised;
      return thread.submit(run);
    }

    /** Returns how often it was run. */
    int runAsSupervised() throws InterruptedException {
      for (int runs = 1; ; runs++) {
        try {
          applier.run(() -> {});
          return runs;
        } catch (MirrorException.Transient e) {
          lost.incrementAndGet();
          Thread.sleep(5);
        }
      }
    }

    long reached() {
      return applier.status().applied().map(p -> p.sequence().value()).orElse(-1L);
    }

    @Override
    public void close() throws ExecutionException {
      thread.shutdownNow();
    }
  }
}
