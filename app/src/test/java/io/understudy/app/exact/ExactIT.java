package io.understudy.app.exact;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Findings;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every type and every shape of table and transaction, through the copy and through the log: one
 * mirror for all cases, then the text of all rows compared on both sides, then a promotion. {@code
 * -Dexact.majors=15,18}, {@code -Dreaders=}, {@code -Dexact.cases=REGEX} make less of it.
 */
class ExactIT {
  private static final Logger log = LoggerFactory.getLogger(ExactIT.class);
  private static final int LEAST_CASES = 400;
  private static final String MAJORS = System.getProperty("exact.majors", "");
  private static final int NEWEST = 18;
  private static final Pattern SCHEMA = Pattern.compile("\\bc(\\d{4})");
  private static final Duration CATCH_UP = Duration.ofMinutes(10);
  static final String EXTENSIONS =
      Stream.of("hstore", "citext", "ltree", "cube", "seg", "isn", "intarray", "btree_gist")
          .map(name -> ";CREATE EXTENSION " + name + " SCHEMA ext")
          .reduce("CREATE SCHEMA ext", String::concat);

  /** What a promotion must leave, and find enabled, as the source has it. */
  private static final String RULES =
      """
      WITH tables AS (
        SELECT c.oid, c.oid::regclass::text AS name, relrowsecurity, relforcerowsecurity FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname ~ '^c[0-9]')
      SELECT unnest(array_agg(line ORDER BY line)) FROM (
        SELECT 'trigger ' || t.name || ' ' || tgname || ' ' || tgenabled::text
          FROM tables t JOIN pg_trigger ON tgrelid = t.oid WHERE NOT tgisinternal
        UNION ALL
        SELECT 'of ' || t.name || ' ' || conname || ' ' || tgenabled::text
          FROM tables t JOIN pg_trigger ON tgrelid = t.oid
          JOIN pg_constraint c ON c.oid = tgconstraint WHERE tgisinternal
        UNION ALL
        SELECT 'constraint ' || t.name || ' ' || conname || ' ' || convalidated::text
               || ' ' || pg_get_constraintdef(c.oid)
          FROM tables t JOIN pg_constraint c ON conrelid = t.oid
        UNION ALL
        SELECT 'rule ' || t.name || ' ' || rulename || ' ' || ev_enabled::text
          FROM tables t JOIN pg_rewrite ON ev_class = t.oid
        UNION ALL
        SELECT 'row security ' || name || ' ' || relrowsecurity || ' ' || relforcerowsecurity
          FROM tables WHERE relrowsecurity) lines (line)""";

  static List<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (String major : (MAJORS.isEmpty() ? "15,18" : MAJORS).split(",", -1)) {
      int version = Integer.parseInt(major.strip());
      Reader.chosen().stream()
          .filter(reader -> !isShort(reader) || version == NEWEST)
          .forEach(reader -> pairs.add(Arguments.of(version, reader)));
    }
    return pairs;
  }

  @ParameterizedTest(name = "PostgreSQL {0}, {1}")
  @MethodSource("pairs")
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void theStandbyPrintsWhatTheSourcePrints(int major, Reader reader) throws Exception {
    List<Case> cases = Suite.cases(major, reader);
    if (System.getProperty("exact.cases", "").isEmpty()) {
      assertThat(cases).hasSizeGreaterThanOrEqualTo(LEAST_CASES);
    }
    if (isShort(reader)) {
      cases = everyThird(cases);
    }
    try (Pair pair = new Pair(major, reader.setting())) {
      Clock clock = new Clock();
      pair.onBoth(EXTENSIONS);
      make(pair, cases);
      clock.lap("tables and rows");
      pair.command("init");
      clock.lap("init");
      ProductProcess run = pair.start("run");
      change(pair, cases);
      clock.lap("changes");
      pair.awaitCaughtUp(CATCH_UP, run);
      clock.lap("caught up");
      requireIdentical(pair, cases);
      clock.lap("compared");
      pair.stop(run);
      pair.command("promote", "--to", "south", "--allow-data-loss");
      requireIntact(pair, cases);
      clock.lap("promoted");
      Suite.pending(major, reader)
          .forEach(p -> log.warn("pending: {}: {}", p.name(), p.pending().orElseThrow().reason()));
      log.info("{} cases, PostgreSQL {}, {}: {}", cases.size(), major, reader, clock);
    }
  }

  @Test
  void initNamesWhatDebeziumCannotCarry() throws Exception {
    List<Case> cases = Suite.refusedByDebezium(NEWEST);
    try (Pair pair = new Pair(NEWEST, Reader.DEBEZIUM.setting())) {
      pair.onBoth(EXTENSIONS);
      make(pair, cases);
      ProductProcess init = pair.start("init");
      assertThat(init.awaitExit(CATCH_UP)).hasValue(1);
      for (int i = 0; i < cases.size(); i++) {
        String named = "table " + schema(i) + "\\V*" + cases.get(i).debeziumCannot().orElseThrow();
        assertThat(init.stderr()).as(cases.get(i).name()).containsPattern(named);
      }
    }
  }

  private static void make(Pair pair, List<Case> cases) throws SQLException {
    List<String> wrong = new ArrayList<>();
    try (Connection source = pair.source();
        Connection standby = pair.standby()) {
      for (int i = 0; i < cases.size(); i++) {
        Case one = cases.get(i);
        for (Connection side : List.of(source, standby)) {
          Sql.run(side, "CREATE SCHEMA " + schema(i));
        }
        execute(source, one, schema(i), one.schema(), wrong);
        execute(standby, one, schema(i), one.onStandby(), wrong);
        execute(source, one, schema(i), one.rows(), wrong);
      }
    }
    requireRight(wrong);
  }

  /** In a build, where the other reader has all cases and time is short. */
  private static boolean isShort(Reader reader) {
    return reader == Reader.DEBEZIUM && MAJORS.isEmpty() && Reader.chosen().size() > 1;
  }

  private static List<Case> everyThird(List<Case> cases) {
    return IntStream.range(0, cases.size()).filter(i -> i % 3 == 0).mapToObj(cases::get).toList();
  }

  private static void change(Pair pair, List<Case> cases) throws SQLException {
    List<String> wrong = new ArrayList<>();
    try (Connection source = pair.source()) {
      for (int i = 0; i < cases.size(); i++) {
        execute(source, cases.get(i), schema(i), cases.get(i).changes(), wrong);
      }
    }
    requireRight(wrong);
  }

  private static void execute(
      Connection connection, Case one, String schema, List<String> scripts, List<String> wrong)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute("SET search_path = " + schema + ", ext, public");
      for (String script : scripts) {
        try {
          statement.execute(Case.in(schema, script));
        } catch (SQLException e) {
          wrong.add(one.name() + ": " + script + "\n" + e.getMessage());
        }
      }
    }
  }

  private static void requireRight(List<String> wrong) {
    assertThat(String.join("\n", wrong)).as("cases that are wrong themselves").isEmpty();
  }

  private static void requireIdentical(Pair pair, List<Case> cases) throws SQLException {
    Findings findings =
        pair.compare(
            table ->
                table.startsWith("\"public\"")
                    ? "the suite's own tables"
                    : cases.get(Integer.parseInt(table.substring(2, 6))).name());
    assertThat(findings.isEmpty()).as(findings.toString()).isTrue();
  }

  private static void requireIntact(Pair pair, List<Case> cases) throws SQLException {
    try (Connection source = pair.source();
        Connection standby = pair.standby()) {
      for (Connection side : List.of(source, standby)) {
        Sql.run(side, "SET search_path = pg_catalog");
      }
      assertThat(lines(standby, cases)).containsExactlyElementsOf(lines(source, cases));
    }
  }

  /** Without the tables that have another definition on the standby on purpose. */
  private static List<String> lines(Connection side, List<Case> cases) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Statement statement = side.createStatement();
        ResultSet rows = statement.executeQuery(RULES)) {
      while (rows.next()) {
        String line = rows.getString(1);
        Matcher of = SCHEMA.matcher(line);
        if (!of.find() || cases.get(Integer.parseInt(of.group(1))).standbySchema().isEmpty()) {
          lines.add(line);
        }
      }
    }
    return lines;
  }

  /** Of the case with a number; cases may make more schemas whose names begin with it. */
  private static String schema(int number) {
    return "c%04d".formatted(number);
  }

  private static final class Clock {
    private final List<String> laps = new ArrayList<>();
    private long last = System.nanoTime();

    void lap(String name) {
      long now = System.nanoTime();
      String lap = name + " " + Duration.ofNanos(now - last).toMillis() + " ms";
      log.info(lap);
      laps.add(lap);
      last = now;
    }

    @Override
    public String toString() {
      return String.join(", ", laps);
    }
  }
}
