package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.DatabaseServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After a promotion: what would undo it by mistake is refused, and the way on is said. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class PromotionTroubleIT {
  private static final int REFUSED = 5;
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static Machines machines;

  @BeforeAll
  static void start() {
    machines = new Machines(Engine.POSTGRESQL);
  }

  @AfterAll
  static void stop() {
    machines.close();
  }

  @Test
  void theFormerSourceIsFencedUntilItIsMadeAnew() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      String slot = Slots.of(mirror);
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      mirror.stop(run);
      mirror.onSource("INSERT INTO item VALUES (501, 'never read', 1)");

      mirror
          .command("promote", "--to", TroubledMirror.STANDBY)
          .requireClear(REFUSED)
          .says("north still answers")
          .advises("understudy switchover --to south", "--allow-data-loss");
      assertThat(mirror.askSource("SHOW transaction_read_only")).isEqualTo("off");
      promoteTo(mirror);

      mirror
          .command("promote", "--to", TroubledMirror.STANDBY)
          .requireClear(1)
          .says("south is the source already, since epoch 2");
      mirror
          .command("promote", "--to", TroubledMirror.SOURCE, "--allow-data-loss")
          .requireClear(REFUSED)
          .says("north was the source, and is no standby yet")
          .advises("understudy rejoin north");
      assertThat(mirror.askSource("SHOW transaction_read_only")).isEqualTo("on");

      mirror.onStandby("INSERT INTO item VALUES (502, 'on the new source', 1)");
      mirror.init("--again");
      assertThat(mirror.askSource("SELECT label FROM item WHERE id = 502"))
          .isEqualTo("on the new source");
      assertThat(
              mirror.askSource(
                  "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '"
                      + slot
                      + "' AND database = current_database()"))
          .as("slots that keep log for nobody")
          .isEqualTo("0");
    }
  }

  /** As one that was away, and that somebody has opened again: run shuts it before all else. */
  @Test
  void aFormerSourceThatComesBackIsShutByTheFirstRunThatReachesIt() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      promoteTo(mirror);
      try (Connection owner = mirror.source()) {
        Sql.run(
            owner,
            "SET default_transaction_read_only = off; ALTER DATABASE "
                + mirror.name()
                + " RESET default_transaction_read_only");
      }
      try (Connection writer = mirror.source()) {
        assertThat(Sql.text(writer, "SHOW transaction_read_only")).isEqualTo("off");
        ProductProcess run = mirror.start("run");
        await(() -> mirror.askSource("SHOW transaction_read_only").equals("on"));
        await(() -> isEnded(writer));
        assertThat(mirror.command("status", "--json").stdout()).contains("\"FENCED\"");
        mirror.stop(run);
      }
    }
  }

  /** Either goes before, or around, what makes everybody else's sessions read-only. */
  @Test
  void whoWouldWriteToTheFormerSourceAllTheSameIsNamed() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      mirror.onSource("CREATE ROLE exempt LOGIN");
      mirror.onSource(
          "ALTER ROLE exempt IN DATABASE "
              + mirror.name()
              + " SET default_transaction_read_only = off");
      mirror.onSource(
          "CREATE SUBSCRIPTION feed CONNECTION 'dbname=nowhere' PUBLICATION feed"
              + " WITH (connect = false)");
      mirror.onSource("ALTER SUBSCRIPTION feed ENABLE");
      assertThat(mirror.command("check").stdout())
          .contains(
              "a switchover would be refused: role \"exempt\"",
              "a switchover would be refused: subscription \"feed\"");
      mirror
          .command("switchover", "--to", TroubledMirror.STANDBY)
          .requireClear(REFUSED)
          .says(
              "role \"exempt\" has default_transaction_read_only off",
              "ALTER ROLE \"exempt\" IN DATABASE \""
                  + mirror.name()
                  + "\" RESET default_transaction",
              "subscription \"feed\" is enabled",
              "ALTER SUBSCRIPTION \"feed\" DISABLE");
      assertThat(mirror.askSource("SHOW transaction_read_only")).isEqualTo("off");

      Ending promoted =
          mirror.command("promote", "--to", TroubledMirror.STANDBY, "--allow-data-loss");
      assertThat(promoted.stdout())
          .contains(
              "north lets others only read", "but role \"exempt\"", "but subscription \"feed\"");
      run.kill();
    }
  }

  /** A server has one slot of a name, and the source's is not to be lost by it. */
  @Test
  void aStandbyOnTheServerOfItsSourceIsNotReadBySomebodyElsesSlot() throws Exception {
    try (TroubledMirror mirror = Mirrors.notMade(machines)) {
      String south = mirror.name() + "south";
      machines.source().createDatabase(south);
      Sql.run(
          () -> machines.source().connect(south),
          "CREATE TABLE item (id int PRIMARY KEY, label text NOT NULL, stock int NOT NULL);"
              + " CREATE TABLE mark (id bigint PRIMARY KEY)");
      mirror.writeYaml(
          mirror
              .yaml()
              .replace(
                  machines.standby().jdbcUrl(mirror.name()), machines.source().jdbcUrl(south)));
      mirror.init();
      ProductProcess run = mirror.start("run");
      String told = " belongs to database " + mirror.name() + " of the same server";
      assertThat(mirror.command("check").stdout())
          .contains("a switchover to it would be refused: replication slot")
          .contains(told);
      mirror.command("switchover", "--to", TroubledMirror.STANDBY).requireClear(REFUSED).says(told);

      Ending promoted =
          mirror.command("promote", "--to", TroubledMirror.STANDBY, "--allow-data-loss");
      assertThat(promoted.code()).as(promoted.stderr()).isZero();
      assertThat(promoted.stdout()).contains("no standby follows", told);
      assertThat(
              mirror.askSource(
                  "SELECT database FROM pg_replication_slots WHERE slot_name = 'understudy_"
                      + mirror.name()
                      + "'"))
          .isEqualTo(mirror.name());
      mirror.stop(run);
      String drop = "SELECT pg_drop_replication_slot('understudy_" + mirror.name() + "')";
      mirror.command("init", "--again").requireClear(1).says(told, drop);
      mirror.onSource(drop);
      mirror.init("--again");
    }
  }

  @Test
  void aPromotionStopsBeforeTheMistake() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      mirror.onSource("INSERT INTO item VALUES (601, 'before', 1)");
      mirror.requireIdentical(run);
      assertThat(mirror.command("pause").code()).isZero();
      await(() -> mirror.command("status", "--json").stdout().contains("\"HELD\""));
      mirror.onSource("INSERT INTO item VALUES (602, 'wanted', 1)");
      mirror.onSource("DELETE FROM item");
      mirror.onSource("INSERT INTO item VALUES (603, 'after', 1)");
      String[] found = new String[1];
      await(
          () -> {
            found[0] = lineWith(mirror, "public.item 10");
            return found[0] != null && lineWith(mirror, "public.item 1") != null;
          });
      mirror.stop(run);
      String mistake = found[0].split(" ", -1)[0];

      mirror
          .command("promote", "--to", TroubledMirror.STANDBY, "--until", mistake)
          .requireClear(REFUSED)
          .says("north still answers");
      assertThat(promoteTo(mirror, "--until", mistake))
          .contains("sequence " + (Long.parseLong(mistake) - 1), "no standby follows");
      assertThat(mirror.listOnStandby("SELECT label FROM item WHERE id > 600 ORDER BY id"))
          .containsExactly("before", "wanted");
      mirror.onStandby("INSERT INTO item VALUES (604, 'new', 1)");
    }
  }

  /** A new slot would wait for it, though it is none of this database's. */
  @Test
  void aTransactionThatStaysOpenOnItsServerDoesNotKeepAStandbyFromBeingOpened() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines);
        Connection other = machines.standby().connect("postgres")) {
      requireOpenedBeside(other, "SELECT pg_current_xact_id()", ", database postgres", mirror);
    }
  }

  /** As VACUUM and CREATE INDEX CONCURRENTLY lock a table, for hours if it is large. */
  @Test
  void aTableThatIsMaintainedOnAStandbyDoesNotKeepItFromBeingOpened() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines);
        Connection other = machines.standby().connect(mirror.name())) {
      requireOpenedBeside(
          other, "LOCK TABLE item IN SHARE UPDATE EXCLUSIVE MODE", ", public.item", mirror);
    }
  }

  private static void requireOpenedBeside(
      Connection other, String statement, String named, TroubledMirror mirror) throws Exception {
    Sql.run(other, "SET application_name = 'a long one'");
    other.setAutoCommit(false);
    Sql.run(other, statement);
    assertThat(promoteTo(mirror))
        .contains("no standby follows", "waited in vain", "a long one" + named);
    mirror.onStandby("INSERT INTO item VALUES (605, 'new', 1)");
  }

  /** Its applier finds the end of the former epoch in the journal. */
  @Test
  void aStandbyThatWasAwayWhenTheSourceChangedGoesOnBehindTheSeal() throws Exception {
    try (DatabaseServer further = Engine.POSTGRESQL.start();
        TroubledMirror mirror = withFurtherStandby(further)) {
      promoteTo(mirror);
      mirror.onStandby("INSERT INTO item VALUES (502, 'on the new source', 1)");
      ProductProcess run = mirror.start("run");
      await(
          () -> {
            run.requireRunning();
            return has(further, mirror.name(), 502);
          });
      mirror.stop(run);
    }
  }

  private static boolean has(DatabaseServer server, String database, int id) throws SQLException {
    try (Connection connection = server.connect(database)) {
      return Sql.number(connection, "SELECT count(*) FROM item WHERE id = " + id) == 1;
    }
  }

  /** Nobody ran meanwhile: two ends of epochs are in the journal that it has not applied. */
  @Test
  void aStandbyThatWasAwayWhenTheSourceChangedIsPromoted() throws Exception {
    try (DatabaseServer further = Engine.POSTGRESQL.start();
        TroubledMirror mirror = withFurtherStandby(further)) {
      promoteTo(mirror);
      Ending promoted = mirror.command("promote", "--to", "west", "--allow-data-loss");
      assertThat(promoted.code()).as(promoted.stderr()).isZero();
      assertThat(promoted.stdout()).contains("west is the source, in epoch 3");
    }
  }

  /** Its tables are of one moment: it has come to where the last of them was copied. */
  private static TroubledMirror withFurtherStandby(DatabaseServer further) throws Exception {
    TroubledMirror mirror = Mirrors.notMade(machines);
    try {
      String name = mirror.name();
      further.createDatabase(name);
      Sql.run(
          () -> further.connect(name),
          "CREATE TABLE item (id int PRIMARY KEY, label text NOT NULL, stock int NOT NULL);"
              + " CREATE TABLE mark (id bigint PRIMARY KEY)");
      String west =
          "  west: { url: \"%s\", user: %s, password: \"%s\" }%nsource:"
              .formatted(further.jdbcUrl(name), further.user(), further.password());
      mirror.writeYaml(mirror.yaml().replace("source:", west));
      mirror.init();
      ProductProcess run = mirror.start("run");
      mirror.onSource("INSERT INTO item VALUES (501, 'behind the copies', 1)");
      await(() -> has(further, name, 501));
      mirror.stop(run);
      return mirror;
    } catch (Throwable e) {
      mirror.close();
      throw e;
    }
  }

  @Test
  void aPromotionUntilTheJournalsEndLeavesNothingOut() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      assertThat(promoteTo(mirror, "--until", "2200-01-01T00:00:00Z"))
          .doesNotContain("no standby follows");
      mirror.onStandby("INSERT INTO item VALUES (606, 'new', 1)");
    }
  }

  @Test
  void aPromotedDatabaseIsNotOverwrittenWhenItsJournalIsGone() throws Exception {
    try (TroubledMirror mirror = Mirrors.made(machines)) {
      promoteTo(mirror);
      mirror.onStandby("INSERT INTO item VALUES (502, 'on the new source', 1)");
      try (Admin admin =
          Admin.create(Map.of("bootstrap.servers", machines.kafka().bootstrapServers()))) {
        List<String> topics = List.of(mirror.journalTopic(), mirror.stateTopic());
        admin.deleteTopics(topics).all().get(30, TimeUnit.SECONDS);
      }

      for (String[] init : List.of(new String[] {"init"}, new String[] {"init", "--again"})) {
        mirror
            .command(init)
            .requireClear(REFUSED)
            .says("south was promoted", "journal", "gone")
            .advises("as source in the configuration");
      }
    }
  }

  @Test
  void aMirrorThatWasNeverMadeIsToBeMade() throws Exception {
    try (TroubledMirror mirror = Mirrors.notMade(machines)) {
      for (String[] command :
          List.of(new String[] {"run"}, new String[] {"promote", "--to", TroubledMirror.STANDBY})) {
        mirror
            .command(command)
            .requireClear(1)
            .says("is not made", "its journal holds nothing")
            .advises("understudy init");
      }
    }
  }

  private static String promoteTo(TroubledMirror mirror, String... more)
      throws InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("promote", "--to", TroubledMirror.STANDBY, "--allow-data-loss"));
    command.addAll(List.of(more));
    Ending ending = mirror.command(command.toArray(String[]::new));
    assertThat(ending.code()).as(ending.stderr()).isZero();
    return ending.stdout();
  }

  private static String lineWith(TroubledMirror mirror, String text) throws InterruptedException {
    return mirror
        .command("journal")
        .stdout()
        .lines()
        .filter(line -> line.contains(text))
        .reduce((first, second) -> second)
        .orElse(null);
  }

  private static boolean isEnded(Connection connection) {
    try {
      Sql.text(connection, "SELECT 1");
      return false;
    } catch (SQLException e) {
      return true;
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(LIMIT).until(condition);
  }
}
