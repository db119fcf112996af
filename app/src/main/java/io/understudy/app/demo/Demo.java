package io.understudy.app.demo;

import io.understudy.app.config.ConfigFile;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.failover.Failover;
import io.understudy.app.init.Init;
import io.understudy.app.run.Databases;
import io.understudy.app.run.JournalConnection;
import io.understudy.applier.Standby;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.JavaProcess;
import io.understudy.testkit.ServerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Shows on real servers what Understudy is for: two servers of an engine and an embedded journal, a
 * bank's traffic, kill -9 of the reader, the applier and the source, a promotion, and a comparison
 * of every row with what the bank's clients remember.
 */
public final class Demo {
  private static final DatabaseName SOUTH = new DatabaseName("south");
  private static final Duration ACT = Duration.ofSeconds(6);
  private static final Duration WITHOUT = Duration.ofSeconds(3);

  private final Stage stage;
  private final Path folder;
  private final PrintWriter out;

  /**
   * @param folder empty, and removed by the caller
   */
  public Demo(Stage stage, Path folder, PrintWriter out) {
    this.stage = stage;
    this.folder = folder;
    this.out = out;
  }

  /**
   * Returns whether the promoted standby is identical with what it should be.
   *
   * @throws MirrorException.Operator if this machine lacks what the servers need
   */
  public boolean run() throws IOException, SQLException, InterruptedException {
    try {
      return play();
    } catch (ServerException e) {
      throw new MirrorException.Operator(
          "the demo's " + stage.servers().title() + " servers do not run here: " + e.getMessage(),
          "see to what stands there, then run it again: understudy demo --engine " + stage,
          e);
    }
  }

  private boolean play() throws IOException, SQLException, InterruptedException {
    fetchPrograms();
    say("starting two " + stage.servers().title() + " servers, north and south");
    try (DatabaseServer north = stage.servers().start();
        DatabaseServer south = stage.servers().start()) {
      for (DatabaseServer server : List.of(north, south)) {
        server.createDatabase(Stage.DATABASE);
        try (Connection connection = server.connect(Stage.DATABASE)) {
          Bank.createTables(connection, stage);
        }
      }
      try (Connection connection = north.connect(Stage.DATABASE)) {
        Bank.openAccounts(connection);
      }
      Path file = writeConfig(north, south);
      MirrorConfig config = ConfigFile.load(file, Map.of());
      say("starting the embedded journal in " + folder.resolve("journal"));
      try (JournalConnection connection = JournalConnection.open(config);
          Standby standby = Databases.standby(config, SOUTH)) {
        say("understudy init");
        new Init(config, connection.journal(), false, 2, out, Clock.systemUTC()::instant).run();
        return mirror(north, south, file, config, connection.journal(), standby);
      }
    }
  }

  /**
   * The first time an engine is used, its programs come over the network; nobody waits in the dark.
   */
  private void fetchPrograms() {
    stage
        .servers()
        .fetch(
            progress -> {
              out.println("  " + progress);
              out.flush();
            });
  }

  private boolean mirror(
      DatabaseServer north,
      DatabaseServer south,
      Path file,
      MirrorConfig config,
      Journal journal,
      Standby standby)
      throws IOException, SQLException, InterruptedException {
    Set<Long> acknowledged;
    Map<Long, Transfer> asked;
    boolean torn;
    try (JavaProcess applier = role("applier", file);
        Connection watcher = south.connect(Stage.DATABASE)) {
      try (JavaProcess reader = role("reader", file);
          BankClients clients = new BankClients(north)) {
        LiveLine live = new LiveLine(journal, standby, watcher, clients, out);
        say("traffic; a reader and an applier run, each in a process of its own");
        live.until("state=STREAMING", reader);
        live.until("state=FOLLOWING", applier);
        live.show(ACT, "traffic");

        say("kill -9 of the reader");
        reader.kill9();
        live.show(WITHOUT, "no reader");
        try (JavaProcess nextReader = role("reader", file)) {
          live.until("state=STREAMING", nextReader);
          live.show(ACT, "reader back");

          say("kill -9 of the applier");
          applier.kill9();
          live.show(WITHOUT, "no applier");
          try (JavaProcess nextApplier = role("applier", file)) {
            live.until("state=FOLLOWING", nextApplier);
            live.show(ACT, "applier back");

            say("kill -9 of the source, in the middle of its traffic");
            north.kill9();
            live.show(WITHOUT, "no source");
            nextApplier.kill9();
          }
          nextReader.kill9();
        }
        acknowledged = clients.acknowledged();
        asked = clients.asked();
        torn = live.tornSnapshots() > 0;
        say(
            live.snapshots()
                + " snapshots of the standby seen, "
                + live.tornSnapshots()
                + " of them torn");
      }
    }
    say("understudy promote --to south");
    Failover.Result result =
        new Failover(config, journal, out, Clock.systemUTC()::instant)
            .promote(SOUTH, Optional.empty(), false);
    out.println(
        "  south is the source, in epoch "
            + result.facts().epoch()
            + "; last commit applied: "
            + result.applied().commitTime());
    return compare(south, journal, asked, acknowledged) && !torn;
  }

  private boolean compare(
      DatabaseServer south, Journal journal, Map<Long, Transfer> asked, Set<Long> acknowledged)
      throws SQLException {
    Set<Long> journaled = JournaledTransfers.read(journal);
    long lost = acknowledged.stream().filter(id -> !journaled.contains(id)).count();
    say("comparing every row on south with what the bank's clients remember");
    out.printf(
        Locale.ROOT,
        "  north acknowledged %d transfers; %d transfers are in the journal; %d acknowledged ones died with north%n",
        acknowledged.size(),
        journaled.size(),
        lost);
    try (Connection connection = south.connect(Stage.DATABASE)) {
      List<String> differences =
          Comparison.differences(
              asked, journaled, Bank.balances(connection), Bank.transfers(connection));
      differences.forEach(difference -> out.println("  " + difference));
      out.println(differences.isEmpty() ? "identical" : "different");
      return differences.isEmpty();
    }
  }

  private static JavaProcess role(String role, Path file) {
    return JavaProcess.of("io.understudy.app.Main")
        .heap("256m")
        .arguments("run", "--role", role, "-c", file.toString())
        .start();
  }

  private Path writeConfig(DatabaseServer north, DatabaseServer south) throws IOException {
    Path file = folder.resolve("mirror.yaml");
    Files.writeString(
        file,
        """
        mirror: demo
        databases:
          north: { url: "%s", user: "%s", password: "%s" }
          south: { url: "%s", user: "%s", password: "%s" }
        source: north
        journal: { embedded: "%s" }
        tables: { include: ["%s"] }
        http: { listen: off }
        """
            .formatted(
                north.jdbcUrl(Stage.DATABASE),
                north.user(),
                north.password(),
                south.jdbcUrl(Stage.DATABASE),
                south.user(),
                south.password(),
                folder.resolve("journal"),
                stage.tables()));
    return file;
  }

  private void say(String what) {
    out.println("-- " + what);
    out.flush();
  }
}
