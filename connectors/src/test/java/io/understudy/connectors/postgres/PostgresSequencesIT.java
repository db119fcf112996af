package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.Source;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Change;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Where sequences stand is read, told to the log, and comes out of it again. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "DEBEZIUM"})
class PostgresSequencesIT {
  private static final String TABLE = "CREATE TABLE t (id int PRIMARY KEY)";

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
  void tellsAllOnceAndThenThoseThatMoved() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            reading,
            server,
            "CREATE TABLE t (id bigserial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY)",
            "CREATE SEQUENCE \"odd ' name\" INCREMENT -3 START -7",
            "CREATE SEQUENCE cached CACHE 20",
            "CREATE TEMPORARY SEQUENCE mine")) {
      Lsn start = rig.prepare();
      rig.sql("SELECT nextval('cached')");
      rig.source.tellMovedSequences();
      assertThat(told(rig, start))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "public.t_id_seq", "1 next",
                  "public.t_n_seq", "1 next",
                  "public.odd ' name", "-7 next",
                  "public.cached", "20"));

      Lsn second = rig.end();
      rig.sql(
          "INSERT INTO t SELECT FROM generate_series(1, 5)",
          "SELECT nextval('\"odd '' name\"')",
          "SELECT setval('cached', 3)");
      rig.source.tellMovedSequences();
      assertThat(told(rig, second))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "public.t_id_seq", "5",
                  "public.t_n_seq", "5",
                  "public.odd ' name", "-7",
                  "public.cached", "3"));

      Lsn third = rig.end();
      rig.source.tellMovedSequences();
      assertThat(told(rig, third)).isEmpty();
      rig.source.tellSequences();
      assertThat(told(rig, third)).hasSize(4);
    }
  }

  @Test
  void tellsHowFastOneWent() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE, "CREATE SEQUENCE s INCREMENT 10")) {
      Lsn start = rig.prepare();
      long before = System.nanoTime();
      rig.source.tellMovedSequences();
      rig.sql("SELECT nextval('s') FROM generate_series(1, 8)");
      rig.source.tellMovedSequences();
      Duration both = Duration.ofNanos(System.nanoTime() - before);
      List<Change> changes = rig.changesFrom(start);
      Change.SequenceValue first = (Change.SequenceValue) changes.get(0);
      Change.SequenceValue second = (Change.SequenceValue) changes.get(1);
      assertThat(first.within()).isZero();
      assertThat(second.steps()).isEqualTo(8);
      assertThat(second.within()).isPositive().isLessThan(both);
    }
  }

  @Test
  void tellsThoseOfMirroredTablesAndThoseThatMatch() throws Exception {
    try (SourceRig rig =
        SourceRig.matching(
            reading,
            server,
            new TablePatterns(List.of("public.*"), List.of("public.x*")),
            "CREATE SCHEMA s",
            "CREATE SEQUENCE s.shared",
            "CREATE SEQUENCE s.loose",
            "CREATE SEQUENCE loose",
            "CREATE SEQUENCE x_of_t",
            "CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval('s.shared'),"
                + " n int DEFAULT nextval('x_of_t'))",
            "CREATE TABLE xt (id serial PRIMARY KEY)",
            "CREATE TABLE p (id serial, k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k)",
            "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)")) {
      Lsn start = rig.prepare();
      rig.source.tellSequences();
      assertThat(told(rig, start))
          .containsOnlyKeys("s.shared", "public.loose", "public.x_of_t", "public.p_id_seq");
    }
  }

  @Test
  void doesNotWaitForWhoChangesOne() throws Exception {
    try (SourceRig rig =
        SourceRig.with(reading, server, TABLE, "CREATE SEQUENCE a", "CREATE SEQUENCE b")) {
      Lsn start = rig.prepare();
      try (Connection other = server.connect(rig.database);
          Statement statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute("DROP SEQUENCE a");
        rig.source.tellMovedSequences();
        assertThat(told(rig, start)).containsOnlyKeys("public.b");
        other.rollback();
      }
      rig.source.tellMovedSequences();
      assertThat(told(rig, start)).containsOnlyKeys("public.a", "public.b");
    }
  }

  @Test
  void theLastWordOfSeveralTellersIsTheLatest() throws Exception {
    try (SourceRig rig = SourceRig.with(reading, server, TABLE, "CREATE SEQUENCE s")) {
      Lsn start = rig.prepare();
      List<CompletableFuture<Void>> tellers =
          IntStream.range(0, 3)
              .mapToObj(
                  i ->
                      CompletableFuture.runAsync(
                          () -> {
                            try (Source another = rig.another(reading)) {
                              for (int n = 0; n < 30; n++) {
                                another.tellSequences();
                              }
                            }
                          }))
              .toList();
      while (tellers.stream().anyMatch(teller -> !teller.isDone())) {
        rig.sql("SELECT nextval('s')");
      }
      CompletableFuture.allOf(tellers.toArray(CompletableFuture[]::new)).join();
      long last = 0;
      for (Change change : rig.changesFrom(start)) {
        long value = ((Change.SequenceValue) change).last();
        assertThat(value).isGreaterThanOrEqualTo(last);
        last = value;
      }
      assertThat(last).isPositive();
    }
  }

  @Test
  void thousandsAreTold() throws Exception {
    try (SourceRig rig =
        SourceRig.with(
            reading,
            server,
            TABLE,
            "DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE 'CREATE SEQUENCE s' || i || ' START ' || i;"
                + " END LOOP; END $$")) {
      Lsn start = rig.prepare();
      rig.sql("SELECT nextval('s777')");
      Lsn told = (Lsn) rig.source.tellSequences();
      Map<String, String> values = told(rig, start);
      assertThat(values).hasSize(1000).containsEntry("public.s777", "777");
      assertThat(values).containsEntry("public.s778", "778 next");
      assertThat(told.isAfter(start)).isTrue();
    }
  }

  /** The last word on each: its value, or what is next. */
  private static Map<String, String> told(SourceRig rig, Lsn after) throws Exception {
    Map<String, String> told = new TreeMap<>();
    for (Change change : rig.changesFrom(after)) {
      if (change instanceof Change.SequenceValue value) {
        told.put(value.sequence().toString(), value.last() + (value.called() ? "" : " next"));
      }
    }
    return told;
  }
}
