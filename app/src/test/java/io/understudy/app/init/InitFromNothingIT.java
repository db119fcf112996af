package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A standby that holds nothing becomes one with the same schema and rows, while people write. */
class InitFromNothingIT {
  private static Machines machines;

  /** What init says before something that takes long. */
  private static final String ROWS = "rows copied|tables are complete";

  private static final List<String> STAGES =
      List.of(
          "",
          "snapshot of",
          "need made|" + ROWS,
          ROWS,
          "keys and indexes of|rest of the schema made",
          "rest of the schema made");

  @BeforeAll
  static void startServers() {
    machines = InitRig.machines();
  }

  @AfterAll
  static void stopServers() {
    machines.close();
  }

  /** Writes until it is stopped; every statement moves rows of several tables. */
  private static final class Writer {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Thread thread;
    private volatile SQLException failure;

    Writer(InitRig rig) {
      thread =
          new Thread(
              () -> {
                try (Connection connection = rig.source();
                    Statement statement = connection.createStatement()) {
                  for (int i = 1; !stop.get(); i++) {
                    write(statement, i);
                  }
                } catch (SQLException e) {
                  failure = e;
                }
              });
      thread.start();
    }

    private static void write(Statement statement, int i) throws SQLException {
      statement.execute(
          """
          BEGIN;
          INSERT INTO sales.customer (name, mail) VALUES ('Müller %1$d', 'm%1$d@example.org');
          INSERT INTO sales."order" (customer, placed, state)
            SELECT id, '2024-02-03', 'new' FROM sales.customer WHERE mail = 'm%1$d@example.org';
          UPDATE sales."order" SET state = 'sent' WHERE id %% 7 = %1$d %% 7 AND state = 'new';
          UPDATE public.filler SET v = 'changed %1$d' WHERE id %% 5000 = %1$d %% 5000;
          DELETE FROM public.filler WHERE id = %1$d * 3;
          UPDATE public.parent SET v = v || '.' WHERE id = 1;
          COMMIT
          """
              .formatted(i));
    }

    void stop() throws InterruptedException {
      stop.set(true);
      thread.join();
      assertThat((Throwable) failure).isNull();
    }
  }

  private static InitRig shop(String name, int fillers, String more) throws Exception {
    InitRig rig = new InitRig(machines, name, more);
    rig.role("clerk");
    rig.onSource(InitRig.script("/init/shop.sql"));
    rig.onSource(
        """
        INSERT INTO sales.customer (name, mail, home)
          SELECT 'customer ' || g, g || '@example.org', row('Street ' || g, g::varchar(10))::sales.address
            FROM generate_series(1, 2000) g;
        INSERT INTO sales.item SELECT g, g * 1.005 FROM generate_series(1, 500) g;
        INSERT INTO sales."order" (customer, placed, state)
          SELECT 10 + 2 * (g %% 2000), date '2023-06-01' + g %% 500, (ARRAY['new', 'paid', 'sent'])[1 + g %% 3]::sales.status
            FROM generate_series(1, 5000) g;
        INSERT INTO sales.line SELECT id, placed, 1, 1 + id %% 500, id FROM sales."order";
        INSERT INTO sales.booking SELECT 1, tstzrange('2024-01-01'::timestamptz + g * interval '1 hour', '2024-01-01'::timestamptz + (g + 1) * interval '1 hour') FROM generate_series(1, 100) g;
        INSERT INTO "Odd schema.name"."Table, with ""quotes"" in" VALUES (1, 'tab' || chr(9) || 'line' || chr(10) || '\\.'), (2, NULL);
        INSERT INTO public.parent VALUES (1, 'parent');
        INSERT INTO public.child VALUES (2, 'child', 3);
        INSERT INTO public.secret VALUES (1, 'clerk', 'v'), (2, 'nobody', 'w');
        INSERT INTO public.filler SELECT g, 'v' || g, repeat('x', 2000) FROM generate_series(1, %d) g;
        REFRESH MATERIALIZED VIEW sales.per_state;
        ANALYZE
        """
            .formatted(fillers));
    return rig;
  }

  private static void assertSame(InitRig rig, ProductProcess run) throws Exception {
    rig.awaitCaughtUp(run);
    assertThat(rig.compareRows()).hasToString("no findings");
    assertThat(rig.schema(machines.standby())).isEqualTo(rig.schema(machines.source()));
    assertThat(rig.command(0, "verify")).contains("identical");
  }

  @Test
  void anEmptyStandbyBecomesTheSame() throws Exception {
    try (InitRig rig = shop("shop", 20_000, "")) {
      ProductProcess run;
      Writer writer = new Writer(rig);
      try {
        String said = rig.command(0, "init");
        assertThat(said).contains("tables and all that rows need made").contains("is made: ");
        run = rig.start("run");
        rig.awaitCaughtUp(run);
      } finally {
        writer.stop();
      }
      assertSame(rig, run);
      try (Connection standby = rig.standby()) {
        assertThat(Sql.number(standby, "SELECT sum(orders) FROM sales.per_state"))
            .isGreaterThanOrEqualTo(5000);
        assertThat(
                Sql.text(
                    standby,
                    "SELECT coalesce(string_agg(relid::regclass::text, ', '), 'none')"
                        + " FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid"
                        + " WHERE last_analyze IS NULL AND c.relkind = 'r'"
                        + " AND schemaname <> 'understudy' AND schemaname NOT LIKE 'pg_temp%'"))
            .isEqualTo("none");
      }
    }
  }

  /** {@code -Dinit.kills=5} kills one in the middle of each of its steps. */
  @Test
  void killedAtRandomMomentsItGoesOnWithWhatIsNotDone() throws Exception {
    try (InitRig rig = shop("killed", 60_000, "")) {
      Writer writer = new Writer(rig);
      ProductProcess run;
      try {
        initThoughKilled(rig);
        run = rig.start("run");
        rig.awaitCaughtUp(run);
      } finally {
        writer.stop();
      }
      assertSame(rig, run);
    }
  }

  /** As above, of a standby that joins a mirror that runs. */
  @Test
  void aFurtherStandbyKilledAtRandomMomentsGoesOnWithWhatIsNotDone() throws Exception {
    try (InitRig rig = shop("further", 60_000, "")) {
      rig.command(0, "init");
      rig.addStandby();
      ProductProcess run = rig.start("run");
      Writer writer = new Writer(rig);
      try {
        initThoughKilled(rig);
        rig.awaitCaughtUp(run, rig::west);
      } finally {
        writer.stop();
      }
      assertWestSame(rig, run);
      assertSame(rig, run);
    }
  }

  private static void initThoughKilled(InitRig rig) throws InterruptedException {
    long seed = Long.getLong("init.seed", System.nanoTime());
    System.out.println("-Dinit.seed=" + seed);
    Random random = new Random(seed);
    Copied copied = new Copied();
    ProductProcess init = rig.start("init", "--jobs", "2");
    for (String stage : stages(random)) {
      awaitSaid(init, stage);
      Thread.sleep(random.nextInt(700));
      if (!init.isAlive() || init.stdout().contains(" is filled")) {
        break;
      }
      copied.take(init);
      init.kill();
      init = rig.start("init", "--jobs", "2");
    }
    assertThat(init.awaitExit(Duration.ofMinutes(4)).orElseThrow())
        .as("seed %d: %s", seed, init.said())
        .isZero();
    copied.take(init);
    assertThat(copied.wentOn).as("seed %d: one was killed when rows were there", seed).isTrue();
    assertThat(copied.twice).as("seed %d: tables that were copied again", seed).isEmpty();
  }

  private static void assertWestSame(InitRig rig, ProductProcess run) throws Exception {
    rig.awaitCaughtUp(run, rig::west);
    assertThat(rig.compareWest()).hasToString("no findings");
    assertThat(rig.westSchema()).isEqualTo(rig.schema(machines.source()));
  }

  /** What has been begun when {@code init} is killed, always one when rows are there. */
  private static List<String> stages(Random random) {
    List<String> others = new ArrayList<>(STAGES);
    others.remove(ROWS);
    Collections.shuffle(others, random);
    List<String> chosen = others.subList(0, Integer.getInteger("init.kills", 2) - 1);
    return STAGES.stream().filter(stage -> stage.equals(ROWS) || chosen.contains(stage)).toList();
  }

  /**
   * @param what a pattern
   */
  private static void awaitSaid(ProductProcess init, String what) throws InterruptedException {
    Pattern said = Pattern.compile(what);
    while (init.isAlive() && !said.matcher(init.said()).find()) {
      Thread.sleep(5);
    }
  }

  /** The tables that each {@code init} says it has copied. */
  private static final class Copied {
    private static final Pattern TABLE =
        Pattern.compile("table \\d+ of \\d+, (.*): .* rows copied");

    private final Set<String> tables = new HashSet<>();
    private final Set<String> twice = new HashSet<>();
    private boolean wentOn;

    void take(ProductProcess init) {
      String said = init.stdout();
      wentOn |= said.contains("going on with the copy; ");
      Matcher table = TABLE.matcher(said);
      while (table.find()) {
        if (!tables.add(table.group(1))) {
          twice.add(table.group(1));
        }
      }
    }
  }

  @Test
  void whatIsAlteredBetweenIsNotMadeTwice() throws Exception {
    try (InitRig rig = shop("altered", 20_000, "")) {
      ProductProcess init = rig.start("init", "--jobs", "2");
      alterWhenAllRowsAreThere(rig, init);
      assertThat(rig.command(0, "init")).contains("going on with the copy; ");
      ProductProcess run = rig.start("run");
      assertSame(rig, run);
    }
  }

  @Test
  void whatIsAlteredBetweenIsNotMadeTwiceOnAFurtherStandby() throws Exception {
    try (InitRig rig = shop("furtheraltered", 20_000, "")) {
      rig.command(0, "init");
      rig.addStandby();
      ProductProcess run = rig.start("run");
      alterWhenAllRowsAreThere(rig, rig.start("init", "--jobs", "2"));
      assertThat(rig.command(0, "init")).contains("going on with the copy; ");
      assertWestSame(rig, run);
      assertSame(rig, run);
    }
  }

  private static void alterWhenAllRowsAreThere(InitRig rig, ProductProcess init) throws Exception {
    awaitSaid(init, "table (\\d+) of \\1, ");
    init.kill();
    rig.onSource(
        """
        ALTER TABLE public.filler ADD COLUMN later int DEFAULT 7;
        CREATE INDEX later ON public.filler (v);
        CREATE TABLE public.late (id int PRIMARY KEY, parent int REFERENCES public.parent);
        INSERT INTO public.late SELECT 1, min(id) FROM public.parent;
        DROP TABLE public.secret
        """);
  }

  @Test
  void whatIsAlteredWhileRowsAreMissingIsSaid() throws Exception {
    try (InitRig rig = shop("reshaped", 20_000, "")) {
      ProductProcess init = rig.start("init", "--jobs", "1");
      awaitSaid(init, "need made");
      init.kill();
      rig.onSource("ALTER TABLE public.filler ADD COLUMN later int DEFAULT 7");
      assertThat(rig.command(5, "init"))
          .contains("altered since tables of south were made")
          .contains("TABLE public.filler")
          .contains("DROP DATABASE");
      rig.emptyStandby();
      assertThat(rig.command(0, "init")).contains("is made: ");
      ProductProcess run = rig.start("run");
      assertSame(rig, run);
    }
  }

  @Test
  void aFurtherStandbyIsNotFilledWhileTheSchemaIsAnother() throws Exception {
    try (InitRig rig = shop("furtherreshaped", 20_000, "")) {
      rig.command(0, "init");
      rig.addStandby();
      ProductProcess run = rig.start("run");
      killBegun(rig);
      rig.onSource("ALTER TABLE public.filler ADD COLUMN later int DEFAULT 7");
      assertThat(rig.command(5, "init"))
          .contains("altered since tables of west were made")
          .contains("TABLE public.filler");
      rig.onSource("ALTER TABLE public.filler DROP COLUMN later");
      assertThat(rig.command(0, "init")).contains("going on with the copy; ");
      assertWestSame(rig, run);
      assertSame(rig, run);
    }
  }

  @Test
  void aFurtherStandbyIsFilledAnewWhenTheJournalHasForgottenWhereItBegan() throws Exception {
    try (InitRig rig = shop("forgotten", 20_000, "")) {
      rig.command(0, "init");
      rig.addStandby();
      ProductProcess run = rig.start("run");
      killBegun(rig);
      rig.awaitCaughtUp(run);
      forgetApplied(rig);
      assertThat(rig.command(0, "init"))
          .contains("all is copied anew: the journal does not hold all that followed")
          .doesNotContain("going on with the copy");
      assertWestSame(rig, run);
      assertSame(rig, run);
    }
  }

  /** One that fills {@code west}, as soon as it has begun with the rows. */
  private static void killBegun(InitRig rig) throws Exception {
    ProductProcess init = rig.start("init", "--jobs", "1");
    awaitSaid(init, "need made");
    String copying =
        "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE '%\\_west' AND state = 'active'"
            + " AND query LIKE 'COPY % FROM STDIN%'";
    try (Connection elsewhere = machines.standby().connect()) { // in west it would be ended
      while (init.isAlive() && Sql.number(elsewhere, copying) == 0) {
        Thread.sleep(5);
      }
    }
    init.kill();
  }

  /** As retention does, of what the first standby has. */
  private static void forgetApplied(InitRig rig) throws Exception {
    try (Connection standby = rig.standby();
        Admin kafka =
            Admin.create(Map.of("bootstrap.servers", machines.kafka().bootstrapServers()))) {
      String mirror = Sql.text(standby, "SELECT mirror FROM understudy.mirror");
      long applied = Sql.number(standby, "SELECT journal_offset FROM understudy.mirror");
      TopicPartition journal = new TopicPartition("understudy." + mirror + ".journal", 0);
      kafka
          .deleteRecords(Map.of(journal, RecordsToDelete.beforeOffset(applied + 1)))
          .all()
          .get(1, TimeUnit.MINUTES);
    }
  }

  @Test
  void rolesThatAreMissingAreToldAndLeftOut() throws Exception {
    try (InitRig rig = new InitRig(machines, "roles", "")) {
      InitRig.roleOn(machines.source(), "only_here");
      rig.role("clerk");
      rig.onSource(
          """
          CREATE TABLE t (id int PRIMARY KEY, v text);
          CREATE TABLE mark (id bigint PRIMARY KEY);
          ALTER TABLE t OWNER TO only_here;
          GRANT SELECT ON t TO only_here, clerk;
          GRANT SELECT ON mark TO only_here;
          CREATE STATISTICS kinds ON id, v FROM t;
          ALTER STATISTICS kinds OWNER TO only_here;
          CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$
          SELECT '
          ALTER TABLE t OWNER TO only_here;
          '$$;
          INSERT INTO t VALUES (1, 'v')
          """);
      String said = rig.command(0, "init");
      assertThat(said).contains("lacks roles only_here");
      assertThat(rig.compareRows()).hasToString("no findings");
      try (Connection source = rig.source();
          Connection standby = rig.standby()) {
        assertThat(Sql.text(standby, "SELECT f()")).isEqualTo(Sql.text(source, "SELECT f()"));
        assertThat(Sql.text(standby, "SELECT has_table_privilege('clerk', 't', 'SELECT')"))
            .isEqualTo("t");
      }
    }
  }

  @Test
  void aProgramThatIsMissingOrTooOldIsSaid() throws Exception {
    try (InitRig rig = new InitRig(machines, "programs", "init: { pg-dump: /nowhere/pg_dump }\n")) {
      rig.onSource("CREATE TABLE t (id int PRIMARY KEY)");
      assertThat(rig.command(1, "init"))
          .contains("/nowhere/pg_dump")
          .contains("postgresql-client-15")
          .contains("init.pg-dump");
    }
    Path folder = Files.createTempDirectory("understudy-old-");
    for (String program : new String[] {"pg_dump", "pg_restore", "psql"}) {
      Path old = folder.resolve(program);
      Files.writeString(old, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.2'\n");
      Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    String old = "init: { pg-dump: " + folder.resolve("pg_dump") + " }\n";
    try (InitRig rig = new InitRig(machines, "programs2", old)) {
      rig.onSource("CREATE TABLE t (id int PRIMARY KEY)");
      assertThat(rig.command(1, "init")).contains("version 14").contains("version 15");
    }
  }
}
