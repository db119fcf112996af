package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.understudy.connectors.Source;
import io.understudy.connectors.SourceIdentity;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/** The slot is what the journal thinks it is, or reading does not begin. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES", "DEBEZIUM"})
class PostgresSlotIT {
  @Parameter Reading reading;

  private static final String TABLE = "CREATE TABLE t (v text PRIMARY KEY)";
  private static PostgresServer server;

  @BeforeAll
  static void startServer() {
    server =
        PostgresServer.start(PostgresSettings.defaults().with("max_slot_wal_keep_size", "32MB"));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void aDroppedSlotIsNotReplacedByANewOne() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      rig.sql("SELECT pg_drop_replication_slot('" + rig.names.slot() + "')");

      MirrorException.Operator refused =
          catchThrowableOfType(MirrorException.Operator.class, () -> rig.open(start));

      assertThat(refused).hasMessageContaining(rig.names.slot()).hasMessageContaining("is gone");
      assertThat(refused.remedy()).contains("init");
      assertThat(rig.ask("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    }
  }

  @Test
  void aSlotDroppedBetweenTwoSessionsIsNotReplacedByANewOne() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      LogTap log = rig.open(start);
      rig.source.beat();
      log.readPast(start);
      assertThatThrownBy(
              () -> {
                // More than once: the reader may just be between a bite and the stream.
                while (true) {
                  rig.sql(
                      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                          + " WHERE application_name = '"
                          + rig.names.readerSession()
                          + "'");
                  log.poll();
                }
              })
          .isInstanceOf(MirrorException.Transient.class);
      rig.sql("SELECT pg_drop_replication_slot('" + rig.names.slot() + "')");
      log.close();
      assertThatThrownBy(() -> rig.open(start)).isInstanceOf(MirrorException.Operator.class);
      assertThat(rig.ask("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    }
  }

  private static void pollUntilItFails(LogTap log) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < deadline) {
      log.poll();
    }
  }

  @Test
  void aSlotAheadOfTheTailIsAGapAndSaysHowLarge() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      rig.sql(
          "INSERT INTO t VALUES ('lost')",
          "SELECT pg_replication_slot_advance('" + rig.names.slot() + "', pg_current_wal_lsn())");
      Lsn ahead = rig.confirmed();

      assertThatThrownBy(() -> rig.open(start))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("moved ahead of the journal's tail")
          .hasMessageContaining(ahead.bytesSince(start).orElseThrow() + " bytes");
      rig.open(ahead).close();
    }
  }

  @Test
  void aSlotThatTheServerInvalidatedIsRefused() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      for (int i = 0; i < 6; i++) {
        rig.sql("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 12000000))");
        rig.sql("SELECT pg_switch_wal()");
      }
      rig.sql("CHECKPOINT");
      assertThatThrownBy(() -> rig.open(start))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("was invalidated by the server");
    }
  }

  @Test
  void aSlotOfAnotherDatabaseOrPluginIsRefused() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      rig.sql("SELECT pg_drop_replication_slot('" + rig.names.slot() + "')");
      try (Connection other = server.connect(PostgresServer.USER);
          var statement = other.createStatement()) {
        statement.execute(
            "SELECT pg_create_logical_replication_slot('" + rig.names.slot() + "', 'pgoutput')");
      }
      assertThatThrownBy(() -> rig.open(start))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("database " + PostgresServer.USER);
      rig.source.forget();
      assertThat(rig.ask("SELECT database FROM pg_replication_slots"))
          .as("the slot of another database is left alone")
          .isEqualTo(PostgresServer.USER);
      rig.sql("SELECT pg_drop_replication_slot('" + rig.names.slot() + "')");
    }
  }

  @Test
  void anotherConsumerIsNamedAndLeftAlone() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      Properties session = new Properties();
      session.setProperty("user", PostgresServer.USER);
      session.setProperty("replication", "database");
      session.setProperty("assumeMinServerVersion", "14");
      session.setProperty("preferQueryMode", "simple");
      session.setProperty("ApplicationName", "somebody else");
      try (Connection other =
              java.sql.DriverManager.getConnection(server.jdbcUrl(rig.database), session);
          PGReplicationStream stream =
              other
                  .unwrap(PGConnection.class)
                  .getReplicationAPI()
                  .replicationStream()
                  .logical()
                  .withSlotName(rig.names.slot())
                  .withSlotOption("proto_version", 1)
                  .withSlotOption("publication_names", rig.names.publication())
                  .start()) {
        String pid = rig.ask("SELECT active_pid FROM pg_replication_slots");
        MirrorException.Operator refused =
            catchThrowableOfType(MirrorException.Operator.class, () -> rig.open(start));
        assertThat(refused)
            .hasMessageContaining("process " + pid)
            .hasMessageContaining("somebody else")
            .hasMessageContaining("127.0.0.1");
        assertThat(refused.remedy()).contains("pg_terminate_backend(" + pid + ")");
        assertThat(stream.isClosed()).isFalse();
        assertThat(rig.source.hasReader()).isTrue();
      }
    }
  }

  @Test
  void aFormerReaderOfTheMirrorIsEnded() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      LogTap former = rig.open(start);
      rig.sql("INSERT INTO t VALUES ('v')");
      assertThat(rig.readOn(former)).hasSize(1);
      try (LogTap successor = rig.open(start)) {
        assertThat(rig.readOn(successor)).hasSize(1);
        assertThatThrownBy(() -> pollUntilItFails(former))
            .isInstanceOf(MirrorException.Transient.class);
        former.close();
        rig.sql("INSERT INTO t VALUES ('w')");
        assertThat(rig.readOn(successor)).hasSize(1);
      }
    }
  }

  @Test
  void anotherServerOrAnEarlierStateOfItIsRefused() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      SourceIdentity identity = rig.source.identity();
      assertThat(identity.system())
          .isEqualTo(rig.ask("SELECT system_identifier FROM pg_control_system()"));
      assertThat(identity.timeline()).isEqualTo(1);

      assertThatThrownBy(
              () ->
                  rig.source.open(
                      new SourceIdentity(identity.engine(), "123", 1, identity.keeper()), start))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("system identifier")
          .hasMessageContaining("123");
      assertThatThrownBy(
              () ->
                  rig.source.open(
                      new SourceIdentity(
                          identity.engine(), identity.system(), 7, identity.keeper()),
                      start))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("timeline 1 instead of 7");
      assertThatThrownBy(() -> rig.source.open(identity, new Lsn(start.value() + (1L << 40))))
          .isInstanceOf(MirrorException.Invariant.class)
          .hasMessageContaining("went back in time");
    }
  }

  @Test
  void aPublicationThatIsGoneIsRefused() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      rig.sql("DROP PUBLICATION " + rig.names.publication());
      assertThatThrownBy(() -> rig.open(start))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("publication")
          .hasMessageContaining("is gone");
      rig.sql(
          "CREATE PUBLICATION "
              + rig.names.publication()
              + " FOR TABLE t WITH (publish = 'insert')");
      assertThatThrownBy(() -> rig.open(start))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("does not publish all kinds");
    }
  }

  @Test
  void closingTheLogOfAFrozenServerTakesABoundedTime() throws Exception {
    try (PostgresServer frozen = PostgresServer.start(PostgresSettings.defaults())) {
      SourceRig rig = SourceRig.with(reading, frozen, TABLE);
      LogTap log = rig.open(rig.prepare());
      rig.sql("INSERT INTO t SELECT g::text FROM generate_series(1, 100000) g");
      log.poll(); // the queue fills up, and nobody empties it
      frozen.pause();
      long began = System.nanoTime();
      log.close();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
      frozen.resume();
      rig.source.close();
    }
  }

  @Test
  void aClosedLogLeavesNoThreadsBehind() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      rig.sql("INSERT INTO t SELECT g::text FROM generate_series(1, 20000) g");
      for (int i = 0; i < 3; i++) {
        LogTap log = rig.open(start);
        log.poll();
        Thread.currentThread().interrupt();
        log.close();
        assertThat(Thread.interrupted()).isTrue();
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(Thread.getAllStackTraces().keySet())
                      .extracting(Thread::getName)
                      .noneMatch(name -> name.contains(rig.names.slot() + "-")));
    }
  }

  @Test
  void aServerThatIsAwayIsTransientAndAWrongPasswordIsNot() throws Exception {
    try (PostgresServer away =
        PostgresServer.start(PostgresSettings.defaults().withPassword("secret"))) {
      TablePatterns all = new TablePatterns(List.of("*.*"), List.of());
      try (Source right = SourceRig.source(reading, away, "postgres", all, PostgresServer.USER);
          Source wrong = SourceRig.source(reading, away, "postgres", all, "nobody_known")) {
        assertThat(right.obstacles()).isNotEmpty();
        MirrorException.Operator refused =
            catchThrowableOfType(MirrorException.Operator.class, wrong::identity);
        assertThat(refused.remedy()).contains("password");
        assertThat(refused.getMessage()).doesNotContain("secret");
        away.stop(PostgresServer.StopMode.FAST);
        assertThatThrownBy(right::logEnd).isInstanceOf(MirrorException.Transient.class);
        away.startAgain();
        await()
            .ignoreExceptionsInstanceOf(MirrorException.Transient.class)
            .untilAsserted(right::logEnd);
      }
    }
  }

  @Test
  void aServerThatGoesAwayWhileReadingIsTransient() throws Exception {
    try (PostgresServer going = PostgresServer.start(PostgresSettings.defaults())) {
      SourceRig rig = SourceRig.with(reading, going, TABLE);
      Lsn start = rig.prepare();
      try (LogTap log = rig.open(start)) {
        rig.source.beat();
        log.readPast(start);
        going.kill9();
        assertThatThrownBy(() -> pollUntilItFails(log))
            .isInstanceOf(MirrorException.Transient.class);
      }
      assertThatThrownBy(() -> rig.open(start)).isInstanceOf(MirrorException.Transient.class);
      going.startAgain();
      rig.awaitBack();
      try (LogTap log = rig.open(start)) {
        Lsn end = rig.end();
        rig.source.beat();
        log.readPast(end);
      }
      rig.source.close();
    }
  }

  @Test
  void forgettingLeavesNothingOnTheServer() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE)) {
      Lsn start = rig.prepare();
      LogTap reading = rig.open(start);
      rig.source.beat();
      reading.readPast(start);
      rig.source.forget();
      assertThat(rig.ask("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
      assertThat(rig.ask("SELECT count(*) FROM pg_publication")).isEqualTo("0");
      reading.close();
      rig.source.forget();
    }
  }
}
