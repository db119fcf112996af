package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.Sql;
import io.understudy.testkit.JavaProcess;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code verify} while pgbench runs on the source: it finds exactly what was done to the standby by
 * hand, heals exactly that, and never finds what is not there.
 */
class VerifyIT {
  private static final Logger log = LoggerFactory.getLogger(VerifyIT.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** The short form's; {@code make chaos} takes 20, under all the load that the machine bears. */
  private static final int CLEAN_RUNS = Integer.getInteger("verify.runs", 2);

  private static final int CLEAN_RATE = CLEAN_RUNS < 20 ? 150 : 0;

  private static final String TABLES =
      """
      CREATE TABLE items (
        id int PRIMARY KEY, name text, amount numeric, measure float8, code bytea, big text,
        fixed char(10), twice int GENERATED ALWAYS AS (id * 2) STORED);
      CREATE TABLE pairs (a text, b int, note text, PRIMARY KEY (a, b));
      CREATE TABLE loose (word text, number int);
      ALTER TABLE loose REPLICA IDENTITY FULL;
      CREATE TYPE mood AS ENUM ('sad', 'happy');
      CREATE TABLE moods (mood mood PRIMARY KEY, note text);
      CREATE TABLE cut (id int, part int, note text, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
      CREATE TABLE cut_1 PARTITION OF cut FOR VALUES IN (1);
      CREATE TABLE cut_2 PARTITION OF cut FOR VALUES IN (2);
      CREATE TABLE "odd ""name"".x" ("Key" int PRIMARY KEY, "v 1" text);
      CREATE TABLE bare ();
      ALTER TABLE bare REPLICA IDENTITY FULL""";

  private static final String ROWS =
      """
      INSERT INTO items (id, name, amount, measure, code, big, fixed)
        SELECT n, 'name ' || n, n * 1.5, 0, decode(lpad(to_hex(n), 8, '0'), 'hex'),
               repeat(md5(n::text), 200), 'f' || n
          FROM generate_series(1, 20000) n;
      INSERT INTO pairs SELECT chr(97 + n % 26) || n, n, 'note' FROM generate_series(1, 3000) n;
      INSERT INTO loose SELECT 'word ' || n % 500, n % 100 FROM generate_series(1, 5000) n;
      INSERT INTO moods VALUES ('sad', 'x'), ('happy', 'y');
      INSERT INTO cut SELECT n, 1 + n % 2, 'part' FROM generate_series(1, 1000) n;
      INSERT INTO "odd ""name"".x" VALUES (1, 'x'), (2, NULL);
      INSERT INTO bare SELECT FROM generate_series(1, 2)""";

  /** Each a thing done to the standby, and what is to be said of it. */
  private static final Map<String, List<String>> CORRUPTIONS =
      Map.ofEntries(
          Map.entry(
              "UPDATE items SET amount = amount + 1 WHERE id = 17",
              List.of("items different id=17 [amount]")),
          Map.entry("DELETE FROM items WHERE id = 19999", List.of("items missing id=19999 []")),
          Map.entry(
              "INSERT INTO items (id, name) VALUES (50001, 'extra')",
              List.of("items extra id=50001 []")),
          Map.entry(
              "INSERT INTO loose SELECT * FROM loose WHERE word = 'word 7' LIMIT 1",
              List.of("loose extra (\"word 7\",7) 10/11")),
          Map.entry(
              "UPDATE items SET big = overlay(big PLACING 'X' FROM 6000) WHERE id = 300",
              List.of("items different id=300 [big]")),
          Map.entry(
              "UPDATE items SET code = set_bit(code, 5, 1 - get_bit(code, 5)) WHERE id = 4000",
              List.of("items different id=4000 [code]")),
          Map.entry(
              "UPDATE items SET measure = '-0' WHERE id = 77",
              List.of("items different id=77 [measure]")),
          Map.entry(
              "UPDATE items SET name = name || '  ' WHERE id = 12345",
              List.of("items different id=12345 [name]")),
          Map.entry(
              "UPDATE \"odd \"\"name\"\".x\" SET \"v 1\" = '' WHERE \"Key\" = 2",
              List.of("odd \"name\".x different Key=2 [v 1]")),
          Map.entry(
              "DELETE FROM loose WHERE ctid = (SELECT min(ctid) FROM loose WHERE word = 'word 9')",
              List.of("loose missing (\"word 9\",9) 10/9")),
          Map.entry(
              "UPDATE moods SET note = NULL WHERE mood = 'sad'",
              List.of("moods different mood=sad [note]")),
          Map.entry(
              "UPDATE pairs SET b = -b WHERE b = 26",
              List.of("pairs missing a=a26 b=26 []", "pairs extra a=a26 b=-26 []")),
          Map.entry(
              "UPDATE cut SET part = 2 WHERE id = 2 AND part = 1",
              List.of("cut_1 missing id=2 part=1 []", "cut_2 extra id=2 part=2 []")),
          Map.entry(
              "UPDATE items SET amount = amount::text::numeric(20, 4) WHERE id = 5",
              List.of("items different id=5 [amount]")),
          Map.entry("INSERT INTO bare DEFAULT VALUES", List.of("bare extra () 2/3")));

  private Machines machines;
  private MirrorUnderTest mirror;

  @BeforeEach
  void start() throws Exception {
    machines = new Machines(Engine.POSTGRESQL);
    mirror = new MirrorUnderTest(machines, "verified", Map.of());
    Sql.run(mirror.source(), TABLES);
    Sql.run(mirror.standby(), TABLES);
    Sql.run(mirror.source(), TpcB.ROWS + ROWS);
    mirror.init();
    mirror.reader("reader").start();
    mirror.applier("applier").start();
  }

  @AfterEach
  void stop() {
    mirror.close();
    machines.close();
  }

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void findsAndHealsExactlyWhatWasCorruptedUnderLoad() throws Exception {
    try (LoadBeside load = new LoadBeside(mirror, 100)) {
      TreeSet<String> expected = new TreeSet<>();
      for (Map.Entry<String, List<String>> corruption : CORRUPTIONS.entrySet()) {
        corrupt(corruption.getKey());
        expected.addAll(corruption.getValue());
      }

      Said found = verify("--json");
      assertThat(found.code()).as(found.all()).isEqualTo(4);
      assertThat(found.differences()).isEqualTo(expected);

      Said healed = verify("--repair", "--json");
      assertThat(healed.code()).as(healed.all()).isEqualTo(0);
      assertThat(healed.differences()).isEqualTo(expected);
      assertThat(healed.standby().get("repaired")).hasSize(expected.size());

      Said again = verify();
      assertThat(again.code()).as(again.all()).isEqualTo(0);
      assertThat(again.out()).endsWith("identical\n");
      load.requireRunning();
    }
    requireNothingLeft();
    mirror.requireRunning();
    mirror.check(LIMIT);
    assertThat(mirror.findings().toString()).isEqualTo("no findings");
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void neverFindsADifferenceThatIsNotThere() throws Exception {
    try (LoadBeside load = new LoadBeside(mirror, CLEAN_RATE);
        Truncating truncating = new Truncating(mirror)) {
      for (int run = 0; run < CLEAN_RUNS; run++) {
        Said said = verify("--max-load", "100", "--json");
        assertThat(said.differences()).as("run %d: %s", run, said.all()).isEmpty();
        for (JsonNode table : said.standby().get("tables")) {
          boolean emptied = table.get("table").asText().equals("pairs");
          assertThat(table.get("result").asText())
              .as("run %d, %s: %s", run, table.get("table"), said.err())
              .isIn(emptied ? List.of("identical", "again") : List.of("identical"));
        }
        log.info("run {}: {}", run, said.standby().get("at"));
      }
      load.requireRunning();
      truncating.requireRunning();
    }
    requireNothingLeft();
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void leavesNothingBehindWhenItIsKilled() throws Exception {
    for (int i = 0; i < 4; i++) {
      corrupt("UPDATE items SET amount = amount + 1");
      try (JavaProcess verify = start("--repair", "--limit", "20000")) {
        verify.awaitOutput(i % 2 == 0 ? "is compared at" : "repaired ", LIMIT);
        if (i < 2) {
          verify.kill9();
        } else {
          verify.interrupt();
        }
        verify.awaitExit(LIMIT);
      }
    }
    Said healed = verify("--repair", "--json", "--limit", "30000");
    assertThat(healed.code()).as(healed.all()).isEqualTo(0);
    Said again = verify("--json");
    assertThat(again.code()).as(again.all()).isEqualTo(0);
    requireNothingLeft();
    mirror.requireRunning();
  }

  private void corrupt(String sql) throws SQLException {
    try (Connection connection = mirror.standby().open()) {
      Sql.run(
          connection,
          "SET default_transaction_read_only = off; SET session_replication_role = replica");
      Sql.run(connection, sql);
    }
  }

  private void requireNothingLeft() throws SQLException {
    for (Connections side : List.of(mirror.source(), mirror.standby())) {
      try (Connection connection = side.open()) {
        assertThat(
                Sql.text(
                    connection,
                    "SELECT string_agg(what, ', ') FROM (SELECT slot_name AS what FROM"
                        + " pg_replication_slots WHERE temporary UNION ALL SELECT relname FROM"
                        + " pg_class WHERE relname LIKE 'verify %' UNION ALL SELECT 'lock' FROM"
                        + " pg_locks WHERE locktype = 'advisory') x"))
            .isNull();
      }
    }
  }

  private JavaProcess start(String... options) {
    String[] arguments = Arrays.copyOf(options, options.length + 3);
    System.arraycopy(options, 0, arguments, 1, options.length);
    arguments[0] = "verify";
    arguments[options.length + 1] = "-c";
    arguments[options.length + 2] = mirror.configuration().toString();
    return JavaProcess.of("io.understudy.app.Main").heap("256m").arguments(arguments).start();
  }

  private Said verify(String... options) {
    try (JavaProcess process = start(options)) {
      int code = process.awaitExit(LIMIT);
      return new Said(code, process.stdout(), process.stderr());
    }
  }

  /** What one run of the command said. */
  private record Said(int code, String out, String err) {
    String all() {
      return out + err;
    }

    JsonNode standby() throws IOException {
      return JSON.readTree(out).get("standbys").get("south");
    }

    TreeSet<String> differences() throws IOException {
      TreeSet<String> found = new TreeSet<>();
      for (JsonNode table : standby().get("tables")) {
        for (JsonNode row : table.get("differences")) {
          StringBuilder text =
              new StringBuilder(table.get("table").asText())
                  .append(' ')
                  .append(row.get("kind").asText());
          row.get("key")
              .properties()
              .forEach(
                  it ->
                      text.append(' ')
                          .append(it.getKey())
                          .append('=')
                          .append(it.getValue().asText()));
          List<String> columns = new ArrayList<>();
          row.get("columns").forEach(it -> columns.add(it.asText()));
          text.append(' ');
          if (row.get("row").isNull()) {
            text.append(columns);
          } else {
            text.append(row.get("row").asText())
                .append(' ')
                .append(row.get("onSource"))
                .append('/')
                .append(row.get("onStandby"));
          }
          found.add(text.toString());
        }
      }
      return found;
    }
  }

  /** pgbench on a thread of its own until closed. */
  private static final class LoadBeside implements AutoCloseable {
    private static final Duration TURN = Duration.ofSeconds(2);

    private final AtomicBoolean stop = new AtomicBoolean();
    private final CompletableFuture<Void> running;

    LoadBeside(MirrorUnderTest mirror, int rate) throws Exception {
      Load load = mirror.load();
      this.running =
          CompletableFuture.runAsync(
              () -> {
                for (long seed = 1; !stop.get(); seed++) {
                  try {
                    if (rate == 0) {
                      load.run(TURN, seed);
                    } else {
                      load.runAtRate(rate, TURN, seed);
                    }
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }
              });
    }

    void requireRunning() {
      assertThat(running.isDone()).as("the load has ended").isFalse();
    }

    @Override
    public void close() {
      stop.set(true);
      running.join();
    }
  }

  /** Empties and fills a table of the source again and again. */
  private static final class Truncating implements AutoCloseable {
    private static final long PAUSE_MILLIS = 700;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final CompletableFuture<Void> running;

    Truncating(MirrorUnderTest mirror) {
      this.running =
          CompletableFuture.runAsync(
              () -> {
                try (Connection connection = mirror.source().open()) {
                  while (!stop.get()) {
                    Sql.run(
                        connection,
                        "BEGIN; TRUNCATE pairs; INSERT INTO pairs SELECT 'x' || n, n, 'again' FROM"
                            + " generate_series(1, 500) n; COMMIT");
                    Thread.sleep(PAUSE_MILLIS);
                  }
                } catch (SQLException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
    }

    void requireRunning() {
      assertThat(running.isDone()).as("truncating has ended").isFalse();
    }

    @Override
    public void close() {
      stop.set(true);
      running.join();
    }
  }
}
