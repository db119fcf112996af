package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A former source that committed what nobody journaled comes back: the report has exactly that, it
 * is undone, and the database follows without a copy.
 */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class RejoinIT {
  private static final int REFUSED = 5;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String TABLES =
      """
      CREATE TABLE wide (id int PRIMARY KEY, big text, doc jsonb, raw bytea);
      ALTER TABLE wide ALTER big SET STORAGE EXTERNAL;
      CREATE TABLE bare (a int, b text);
      ALTER TABLE bare REPLICA IDENTITY FULL;
      CREATE TABLE whole (id int PRIMARY KEY, v text, u int UNIQUE);
      ALTER TABLE whole REPLICA IDENTITY FULL;
      CREATE TABLE part (id int, region text, v text, PRIMARY KEY (id, region))
        PARTITION BY LIST (region);
      CREATE TABLE part_n PARTITION OF part FOR VALUES IN ('n');
      CREATE TABLE part_s PARTITION OF part FOR VALUES IN ('s');
      CREATE TABLE price (amount numeric PRIMARY KEY, v text);
      CREATE DOMAIN code AS char(5);
      CREATE TABLE coded (c code PRIMARY KEY, v text);
      """;
  private static final String ROWS =
      """
      INSERT INTO wide SELECT n, repeat('x' || n, 3000), '{"n": 1}', '\\x0001' FROM generate_series(1, 5) n;
      INSERT INTO bare VALUES (1, 'one'), (1, 'one'), (2, 'two'), (3, NULL);
      INSERT INTO whole VALUES (1, 'a', 1), (2, 'b', 2);
      INSERT INTO part VALUES (1, 'n', 'one'), (2, 's', 'two');
      INSERT INTO price VALUES (1.0, 'one'), (2.50, 'two');
      INSERT INTO coded VALUES ('ab', 'one'), ('cd', 'two');
      """;

  /** The client's memory: a transaction each, of lines as {@link #lines} makes them. */
  private static final List<List<String>> WRITTEN =
      List.of(
          List.of(
              "INSERT public.item id=501 -> id=501 label=only here stock=1",
              "UPDATE public.item id=5 -> id=5 label=item 5 stock=-5",
              "DELETE public.item id=7"),
          List.of(
              "UPDATE public.item id=8 -> id=1008 label=item 8 stock=8",
              "INSERT public.wide id=9 -> id=9 big=y doc={\"a\": [1, null]} raw=\\x00ff",
              "UPDATE public.wide id=1 -> id=1 doc={\"n\": 2} raw=\\x0001"),
          List.of(
              "INSERT public.bare -> a=4 b=four",
              "UPDATE public.bare -> a=2 b=TWO",
              "DELETE public.bare"),
          List.of(
              "INSERT public.part_n id=3 region=n -> id=3 region=n v=three",
              "DELETE public.part_n id=1 region=n",
              "INSERT public.part_s id=1 region=s -> id=1 region=s v=one"),
          List.of(
              "DELETE public.price amount=1.0",
              "INSERT public.price amount=1.00 -> amount=1.00 v=other"),
          List.of(
              "UPDATE public.whole id=1 -> id=1 v=A u=1",
              "UPDATE public.coded c=ab    -> c=ab    v=ONE"));

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
  void whatOnlyTheFormerSourceHasIsReportedAndUndone() throws Exception {
    try (TroubledMirror mirror = made()) {
      ProductProcess run = parted(mirror);
      String slot = slotOf(mirror);
      List<String> held = contents(mirror);

      Path exported = file(mirror, "exported");
      Ending export =
          mirror.command("rejoin", "north", "--export-only", "--report", exported.toString());
      assertThat(export.code()).as(export.stderr()).isZero();
      assertThat(export.stdout()).contains("nothing was changed", "6 transactions with 16 changes");
      requireWritten(exported);
      assertThat(slotOf(mirror)).as("the slot").isEqualTo(slot);
      assertThat(contents(mirror)).as("rows of north").isEqualTo(held);
      assertThat(status(mirror)).contains("\"FENCED\"");
      mirror
          .command("promote", "--to", "north", "--allow-data-loss")
          .requireClear(REFUSED)
          .says("north was the source, and is no standby yet")
          .advises("understudy rejoin north");

      Path report = file(mirror, "report");
      Ending rejoin = mirror.command("rejoin", "north", "--report", report.toString(), "--json");
      assertThat(rejoin.code()).as(rejoin.stderr()).isZero();
      JsonNode said = new ObjectMapper().readTree(rejoin.stdout());
      assertThat(said.get("transactions").asInt()).isEqualTo(6);
      assertThat(said.get("follows").asBoolean()).isTrue();
      requireWritten(report);
      requireFollows(mirror, run);
      assertThat(status(mirror)).doesNotContain("FENCED");
      assertThat(mirror.command("events").stdout()).contains("rejoin north", "north follows south");
      assertThat(ask(mirror, "SELECT count(*) FROM understudy.withheld")).isEqualTo("0");
      mirror
          .command("rejoin", "north")
          .requireClear(1)
          .says("north is no former source")
          .advises("understudy status");

      mirror.onStandby("UPDATE item SET stock = stock + 1; DELETE FROM bare WHERE a = 1");
      requireFollows(mirror, run);
    }
  }

  /** North has what nobody else has, and is fenced; south is the source, and went on. */
  private static ProductProcess parted(TroubledMirror mirror) throws Exception {
    ProductProcess run = mirror.start("run");
    mirror.requireIdentical(run);
    run.kill();
    writeWhatNobodyReads(mirror);
    promote(mirror);
    writeOnTheNewSource(mirror);
    run = mirror.start("run");
    awaitFenced(run);
    return run;
  }

  @Test
  void aRejoinThatIsKilledAnywhereIsRunAgain() throws Exception {
    try (TroubledMirror mirror = made()) {
      ProductProcess run = parted(mirror);
      List<String> held = contents(mirror);

      Path looked = file(mirror, "looked");
      rejoinKilled(mirror, looked, () -> true);
      assertThat(contents(mirror)).as("rows of north").isEqualTo(held);

      Path reported = file(mirror, "reported");
      rejoinKilled(mirror, reported, () -> Files.exists(reported));
      if (stateOfNorth(mirror).equals("SHUT")) {
        assertThat(contents(mirror)).as("rows of north").isEqualTo(held);
        run.kill(); // nobody else sees to what is left
        ProductProcess reader = mirror.start("run", "--role", "reader");
        Path undone = file(mirror, "undone");
        rejoinKilled(mirror, undone, () -> stateOfNorth(mirror).equals("FOLLOWING"));
        // What the one before had sent when it was killed, the server may have done all the same.
        requireWritten(Files.exists(undone) ? undone : reported);
        assertThat(ask(mirror, "SELECT count(*) FROM item WHERE id IN (5, 501, 1008)"))
            .as("rows that are withheld")
            .isEqualTo("0");
        assertThat(Long.parseLong(ask(mirror, "SELECT count(*) FROM understudy.withheld_part")))
            .isPositive();
        String next = ask(mirror, "SELECT sequence + 1 FROM understudy.mirror");
        mirror
            .command("promote", "--to", "north", "--until", next, "--allow-data-loss")
            .requireClear(REFUSED)
            .says("north came back as a standby a while ago, and is not whole");
        reader.kill();
        run = mirror.start("run");
      }
      Ending last = mirror.command("rejoin", "north", "--report", file(mirror, "last").toString());
      assertThat(last.code() == 0 || last.message().contains("no former source"))
          .as(last.stderr())
          .isTrue();
      requireFollows(mirror, run);
    }
  }

  @Test
  void oneThatHoldsNothingMoreJustFollows() throws Exception {
    try (TroubledMirror mirror = made()) {
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      mirror.command("rejoin", "north").requireClear(1).says("north is the source");
      mirror.command("rejoin", "south").requireClear(1).says("south is no former source");
      mirror.stop(run);
      promote(mirror);
      mirror.onStandby("INSERT INTO item VALUES (502, 'on the new source', 1)");
      run = mirror.start("run");
      awaitFenced(run);
      Path report = file(mirror, "nothing");
      Ending rejoin = mirror.command("rejoin", "north", "--report", report.toString());
      assertThat(rejoin.code()).as(rejoin.stderr()).isZero();
      assertThat(rejoin.stdout()).contains("holds nothing that the journal lacks");
      assertThat(Files.readString(report)).contains("\"transactionCount\" : 0");
      requireFollows(mirror, run);
    }
  }

  @Test
  void whatCannotBeToldOrUndoneIsRefused() throws Exception {
    try (TroubledMirror mirror = made()) {
      ProductProcess run = mirror.start("run");
      mirror.requireIdentical(run);
      run.kill();
      mirror.onSource("INSERT INTO item VALUES (501, 'only here', 1)");
      mirror.onSource("TRUNCATE bare");
      mirror.onSource("ALTER TABLE item ADD COLUMN colour text");
      promote(mirror);
      run = mirror.start("run");
      awaitFenced(run);
      List<String> held = contents(mirror);

      Path report = file(mirror, "refused");
      mirror
          .command("rejoin", "north", "--report", report.toString())
          .requireClear(REFUSED)
          .says("cannot be undone row by row", "TRUNCATE of table public.bare", "ALTER TABLE")
          .advises("understudy init --again", report.toString());
      assertThat(Files.readString(report)).contains("\"only here\"", "TRUNCATE");
      assertThat(contents(mirror)).as("rows of north").isEqualTo(held);
      assertThat(status(mirror)).contains("\"FENCED\"");

      mirror.onSource(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
              + " WHERE database = current_database() AND NOT temporary");
      for (String[] command :
          List.of(
              new String[] {"rejoin", "north"},
              new String[] {"rejoin", "north", "--export-only"})) {
        mirror
            .command(command)
            .requireClear(REFUSED)
            .says("replication slot", "is gone", "cannot be told")
            .advises("understudy init --again");
      }
      assertThat(contents(mirror)).as("rows of north").isEqualTo(held);
      assertThat(status(mirror)).contains("\"FENCED\"");
      run.kill();
    }
  }

  /** Kills it soon after it has come so far. */
  private static void rejoinKilled(TroubledMirror mirror, Path report, Callable<Boolean> moment)
      throws Exception {
    ProductProcess rejoin = mirror.start("rejoin", "north", "--report", report.toString());
    Awaitility.await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> !rejoin.isAlive() || moment.call());
    if (rejoin.isAlive()) {
      rejoin.kill();
    }
  }

  private static String stateOfNorth(TroubledMirror mirror) {
    return ask(mirror, "SELECT state FROM understudy.mirror");
  }

  private static TroubledMirror made() throws Exception {
    TroubledMirror mirror = Mirrors.notMade(machines);
    try {
      mirror.writeYaml(mirror.yaml().replace("ddl: ignore", "ddl: apply"));
      mirror.onSource(TABLES);
      mirror.onStandby(TABLES);
      mirror.onSource(ROWS);
      mirror.init();
      return mirror;
    } catch (Throwable e) {
      mirror.close();
      throw e;
    }
  }

  private static void writeWhatNobodyReads(TroubledMirror mirror) throws SQLException {
    try (Connection client = mirror.source()) {
      for (String transaction :
          List.of(
              """
              INSERT INTO item VALUES (501, 'only here', 1);
              UPDATE item SET stock = -5 WHERE id = 5;
              DELETE FROM item WHERE id = 7""",
              """
              UPDATE item SET id = 1008 WHERE id = 8;
              INSERT INTO wide VALUES (9, 'y', '{"a": [1, null]}', '\\x00ff');
              UPDATE wide SET doc = '{"n": 2}' WHERE id = 1""",
              """
              INSERT INTO bare VALUES (4, 'four');
              UPDATE bare SET b = 'TWO' WHERE a = 2;
              DELETE FROM bare WHERE ctid = (SELECT min(ctid) FROM bare WHERE a = 1)""",
              """
              INSERT INTO part VALUES (3, 'n', 'three');
              UPDATE part SET region = 's' WHERE id = 1""",
              """
              DELETE FROM price WHERE amount = 1;
              INSERT INTO price VALUES (1.00, 'other')""",
              "UPDATE whole SET v = 'A' WHERE id = 1; UPDATE coded SET v = 'ONE' WHERE c = 'ab'")) {
        Sql.run(client, "BEGIN;" + transaction + "; COMMIT");
      }
    }
  }

  /** Some of it touches the same rows, or takes them to other keys, or other rows to theirs. */
  private static void writeOnTheNewSource(TroubledMirror mirror) throws SQLException {
    mirror.onStandby("UPDATE item SET label = 'new' WHERE id = 5");
    mirror.onStandby("UPDATE item SET id = 3005 WHERE id = 5");
    mirror.onStandby("INSERT INTO item VALUES (501, 'on the new source', 2)");
    mirror.onStandby("UPDATE item SET id = 1008 WHERE id = 20");
    mirror.onStandby("DELETE FROM item WHERE id = 21");
    mirror.onStandby("UPDATE wide SET id = 77 WHERE id = 1");
    mirror.onStandby("UPDATE wide SET doc = '{\"m\": 3}' WHERE id IN (2, 77)");
    mirror.onStandby("INSERT INTO bare VALUES (5, 'five'); DELETE FROM bare WHERE a = 3");
    mirror.onStandby("UPDATE part SET v = 'ONE' WHERE id = 1");
    mirror.onStandby("UPDATE price SET amount = 1.000 WHERE amount = 1");
    mirror.onStandby("UPDATE whole SET u = 11 WHERE id = 1; UPDATE whole SET u = 1 WHERE id = 2");
  }

  private static void promote(TroubledMirror mirror) throws InterruptedException {
    Ending ending = mirror.command("promote", "--to", TroubledMirror.STANDBY, "--allow-data-loss");
    assertThat(ending.code()).as(ending.stderr()).isZero();
  }

  /** From here on it ends no more sessions of others, as each run does once when it comes. */
  private static void awaitFenced(ProductProcess run) {
    await(() -> run.said().contains("database=north state=FENCED"));
  }

  private static String status(TroubledMirror mirror) throws InterruptedException {
    return mirror.command("status", "--json").stdout();
  }

  private static String ask(TroubledMirror mirror, String sql) {
    return read(() -> mirror.askSource(sql));
  }

  /** Each rejoin begins by ending the sessions of others on north, ours too. */
  private static <T> T read(Callable<T> what) {
    return Awaitility.await()
        .atMost(LIMIT)
        .ignoreExceptionsMatching(
            e -> e instanceof SQLException sql && "57P01".equals(sql.getSQLState()))
        .until(what, Objects::nonNull);
  }

  private static String slotOf(TroubledMirror mirror) {
    return ask(
        mirror,
        "SELECT string_agg(slot_name || ' ' || confirmed_flush_lsn, ';')"
            + " FROM pg_replication_slots WHERE database = current_database()");
  }

  private static List<String> contents(TroubledMirror mirror) {
    List<String> rows = new ArrayList<>();
    for (String table : List.of("item", "wide", "bare", "whole", "part", "price", "coded")) {
      String sql = "SELECT tableoid::regclass || t::text FROM " + table + " t ORDER BY 1";
      rows.addAll(read(() -> mirror.listOnSource(sql)));
    }
    return rows;
  }

  /** North has what south has, row by row, and goes on having it. */
  private static void requireFollows(TroubledMirror mirror, ProductProcess run) throws Exception {
    String mark = String.valueOf(System.nanoTime());
    mirror.onStandby("INSERT INTO mark VALUES (" + mark + ")");
    await(
        () -> {
          run.requireRunning();
          return ask(mirror, "SELECT count(*) FROM mark WHERE id = " + mark).equals("1");
        });
    Ending verify = mirror.command("verify");
    assertThat(verify.code()).as(verify.stdout() + verify.stderr()).isZero();
    assertThat(verify.stdout()).contains("north against south").endsWith("identical\n");
    assertThat(ask(mirror, "SHOW transaction_read_only")).isEqualTo("on");
  }

  private static Path file(TroubledMirror mirror, String name) {
    return Path.of(
        "target", "trouble", mirror.name() + "-" + name + "-" + System.nanoTime() + ".json");
  }

  private static void requireWritten(Path report) throws IOException {
    JsonNode json = new ObjectMapper().readTree(report.toFile());
    List<List<String>> transactions = new ArrayList<>();
    json.get("transactions").forEach(it -> transactions.add(lines(it)));
    assertThat(transactions).isEqualTo(WRITTEN);
    assertThat(json.get("transactionCount").asInt()).isEqualTo(WRITTEN.size());
    assertThat(conflicts(json, 0, 0)).anyMatch(it -> it.contains("a row with this key"));
    assertThat(conflicts(json, 0, 1)).anyMatch(it -> it.startsWith("changed on south"));
    assertThat(conflicts(json, 0, 2)).as("item 7").isEmpty();
    assertThat(json.at("/transactions/0/changes/2/onNewSource/label").asText()).isEqualTo("item 7");
    assertThat(json.at("/transactions/2/changes/1/old/b").asText()).isEqualTo("two");
    assertThat(json.at("/transactions/5/changes/0/old/v").asText()).isEqualTo("a");
    assertThat(conflicts(json, 5, 0)).anyMatch(it -> it.contains("differs on south in u"));
    String text = report.toString().replaceFirst("json$", "txt");
    assertThat(Files.readString(Path.of(text)))
        .contains(
            "6 transactions with 16 changes", "CONFLICT: changed on south", "label='only here'");
  }

  private static List<String> conflicts(JsonNode report, int transaction, int change) {
    List<String> conflicts = new ArrayList<>();
    report
        .at("/transactions/" + transaction + "/changes/" + change + "/conflicts")
        .forEach(it -> conflicts.add(it.asText()));
    return conflicts;
  }

  private static List<String> lines(JsonNode transaction) {
    List<String> lines = new ArrayList<>();
    for (JsonNode change : transaction.get("changes")) {
      lines.add(
          change.get("operation").asText()
              + " "
              + change.get("tables").get(0).asText()
              + (change.has("key") ? values(change.get("key")) : "")
              + (change.has("new") ? " ->" + values(change.get("new")) : ""));
    }
    return lines;
  }

  private static String values(JsonNode row) {
    StringBuilder text = new StringBuilder();
    row.properties().forEach(it -> text.append(" " + it.getKey() + "=" + it.getValue().asText()));
    return text.toString();
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(LIMIT).until(condition);
  }
}
