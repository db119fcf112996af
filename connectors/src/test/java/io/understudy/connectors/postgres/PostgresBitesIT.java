package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The native reader goes over from bites to the stream and back, and nothing is lost by it. */
class PostgresBitesIT {
  private static final String TABLE = "CREATE TABLE t (v text PRIMARY KEY, filler text)";
  private static final String STREAMING = "walsender";
  private static final String BITING = "client backend";
  private static PostgresServer server;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(PostgresSettings.defaults());
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  /** What the journal would hold, acknowledged after each poll. */
  private static final class Journal {
    private final List<String> values = new ArrayList<>();
    private Lsn tail;

    private Journal(Lsn start) {
      tail = start;
    }

    private void poll(LogTap log) throws InterruptedException {
      for (Transaction transaction : log.poll()) {
        assertThat(transaction.position()).isGreaterThan(tail);
        for (Change change : transaction.changes()) {
          values.add(((Value.Text) ((Change.Insert) change).after().get(0)).text());
        }
        tail = transaction.position();
      }
      log.acknowledge(tail);
    }

    private void pollPast(LogTap log, Lsn end) throws InterruptedException {
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (!tail.isAfter(end)) {
        assertThat(System.nanoTime()).as("read %s of %s", tail, end).isLessThan(deadline);
        poll(log);
      }
    }
  }

  private static String sessions(SourceRig rig) throws SQLException {
    return rig.ask(
        "SELECT coalesce(string_agg(backend_type, ','), 'none') FROM pg_stat_activity"
            + " WHERE application_name = '"
            + rig.names.readerSession()
            + "'");
  }

  private static void pollUntil(SourceRig rig, Journal journal, LogTap log, String mode)
      throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!sessions(rig).equals(mode)) {
      assertThat(System.nanoTime()).as(mode).isLessThan(deadline);
      journal.poll(log);
    }
  }

  /** Values of one transaction. */
  private static List<String> insert(Statement session, String name, int rows) throws SQLException {
    session.execute(
        "INSERT INTO t SELECT '%s-' || g, repeat('x', 40) FROM generate_series(1, %d) g"
            .formatted(name, rows));
    return IntStream.rangeClosed(1, rows).mapToObj(i -> name + "-" + i).toList();
  }

  @Test
  void aBacklogOfLargeAndSmallTransactionsThatOverlapComesInOrderAndTheSlotFollows()
      throws Exception {
    try (SourceRig rig = SourceRig.with(Reading.NATIVE, server, TABLE);
        Connection first = server.connect(rig.database);
        Connection second = server.connect(rig.database);
        Statement large = first.createStatement();
        Statement larger = second.createStatement();
        Statement small = rig.client.createStatement()) {
      Journal journal = new Journal(rig.prepare());
      List<String> expected = new ArrayList<>();
      first.setAutoCommit(false);
      second.setAutoCommit(false);
      List<String> a = new ArrayList<>(insert(large, "a", 40_000));
      List<String> b = new ArrayList<>(insert(larger, "b", 130_000));
      for (int i = 0; i < 300; i++) {
        expected.addAll(insert(small, "s" + i, 50));
      }
      a.addAll(insert(large, "aa", 40_000));
      first.commit();
      expected.addAll(a);
      for (int i = 300; i < 2400; i++) {
        expected.addAll(insert(small, "s" + i, 50));
      }
      b.addAll(insert(larger, "bb", 10_000));
      second.commit();
      expected.addAll(b);
      expected.addAll(insert(small, "last", 5));
      Lsn end = rig.end();

      try (LogTap log = rig.open(journal.tail)) {
        pollUntil(rig, journal, log, BITING);
        assertThat(rig.source.hasReader()).isTrue();
        assertThatThrownBy(rig::prepare)
            .isInstanceOf(MirrorException.Operator.class)
            .hasMessageContaining("in use");
      }
      try (LogTap log = rig.open(journal.tail)) {
        Lsn before = rig.confirmed();
        int moves = 0;
        while (journal.values.size() < expected.size()) {
          journal.poll(log);
          Lsn now = rig.confirmed();
          moves += now.isAfter(before) ? 1 : 0;
          before = now;
          assertThat(now).isLessThanOrEqualTo(journal.tail);
        }
        assertThat(moves).isGreaterThan(1);
        rig.source.beat();
        journal.pollPast(log, end);
        await().until(() -> sessions(rig).equals(STREAMING));
      }
      assertThat(journal.values).isEqualTo(expected);
    }
  }

  @Test
  void aStreamThatFallsBehindGoesOverToBitesAndBack() throws Exception {
    try (SourceRig rig = SourceRig.with(Reading.NATIVE, server, TABLE);
        Statement client = rig.client.createStatement()) {
      Journal journal = new Journal(rig.prepare());
      List<String> expected = new ArrayList<>();
      try (LogTap log = rig.open(journal.tail)) {
        for (int round = 0; round < 2; round++) {
          rig.source.beat();
          pollUntil(rig, journal, log, STREAMING);
          long looked = System.nanoTime() + Duration.ofSeconds(3).toNanos();
          for (int i = 0; i < 200 || System.nanoTime() < looked; i++) {
            expected.addAll(insert(client, round + "-" + i, 1000));
          }
          // Nobody polled: the reader's thread waits with a full queue, far from the end, and looks
          // how far when it gets on, because it did not for more than two seconds.
          pollUntil(rig, journal, log, BITING);
        }
        Lsn end = rig.end();
        rig.source.beat();
        journal.pollPast(log, end);
        pollUntil(rig, journal, log, STREAMING);
        expected.addAll(insert(client, "streamed", 3));
        end = rig.end();
        rig.source.beat();
        journal.pollPast(log, end);
      }
      assertThat(journal.values).isEqualTo(expected);
      assertThat(rig.confirmed()).isEqualTo(journal.tail);
    }
  }

  @Test
  void aSessionThatIsKilledInTheMiddleOfABiteCostsNothing() throws Exception {
    try (SourceRig rig = SourceRig.with(Reading.NATIVE, server, TABLE);
        Statement client = rig.client.createStatement()) {
      Journal journal = new Journal(rig.prepare());
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        expected.addAll(insert(client, "k" + i, 1000));
      }
      Lsn end = rig.end();
      for (int kill = 0; kill < 3; kill++) {
        LogTap log = rig.open(journal.tail);
        pollUntil(rig, journal, log, BITING);
        int wanted = journal.values.size() + 20_000;
        while (journal.values.size() < wanted) {
          journal.poll(log);
        }
        assertThat(
                rig.ask(
                    "SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        + " WHERE application_name = '"
                        + rig.names.readerSession()
                        + "'"))
            .isEqualTo("t");
        assertThatThrownBy(
                () -> {
                  while (true) {
                    journal.poll(log);
                  }
                })
            .isInstanceOf(MirrorException.Transient.class);
        log.close();
      }
      rig.source.beat();
      try (LogTap log = rig.open(journal.tail)) {
        journal.pollPast(log, end);
      }
      assertThat(journal.values).isEqualTo(expected);
    }
  }

  @Test
  void aSourceThatForbidsTheTemporaryFilesIsStreamed() throws Exception {
    try (SourceRig rig = SourceRig.with(Reading.NATIVE, server, TABLE);
        Statement client = rig.client.createStatement()) {
      Journal journal = new Journal(rig.prepare());
      rig.sql("ALTER DATABASE " + rig.database + " SET temp_file_limit = '1MB'");
      List<String> expected = insert(client, "v", 100_000);
      Lsn end = rig.end();
      rig.source.beat();
      try (LogTap log = rig.open(journal.tail)) {
        journal.pollPast(log, end);
        assertThat(sessions(rig)).isEqualTo(STREAMING);
      }
      assertThat(journal.values).isEqualTo(expected);
    }
  }

  @Test
  void aBacklogThatIsNoneOfTheMirrorsIsGotThrough() throws Exception {
    try (SourceRig rig =
            SourceRig.matching(
                Reading.NATIVE,
                server,
                new io.understudy.connectors.TablePatterns(List.of("*.t"), List.of()),
                TABLE,
                "CREATE TABLE other (v int PRIMARY KEY)");
        Statement client = rig.client.createStatement()) {
      rig.sql("CREATE PUBLICATION " + rig.names.publication() + " FOR ALL TABLES");
      Journal journal = new Journal(rig.prepare());
      rig.sql("INSERT INTO other SELECT generate_series(1, 150000)");
      List<String> expected = insert(client, "v", 3);
      Lsn end = rig.end();
      rig.source.beat();
      try (LogTap log = rig.open(journal.tail)) {
        journal.pollPast(log, end);
      }
      assertThat(journal.values).isEqualTo(expected);
    }
  }

  @Test
  void closingWhileTheServerPreparesABiteTakesABoundedTime() throws Exception {
    try (PostgresServer frozen = PostgresServer.start(PostgresSettings.defaults())) {
      SourceRig rig = SourceRig.with(Reading.NATIVE, frozen, TABLE);
      Lsn start = rig.prepare();
      insert(rig.client.createStatement(), "v", 300_000);
      LogTap log = rig.open(start);
      await().until(() -> sessions(rig).equals(BITING));
      frozen.pause();
      long began = System.nanoTime();
      log.close();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
      frozen.resume();
      rig.source.close();
    }
  }
}
