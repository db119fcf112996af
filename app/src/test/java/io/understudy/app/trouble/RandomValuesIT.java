package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Engine;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.OverEngines;
import io.understudy.app.harness.ProductProcess;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;

/**
 * A hundred rows of random values, of every type that the engine's mirrors take, go the whole way:
 * half of them by the copy, half by the log, then all of them by updates. Both servers print what
 * arrived, with the bits of floating-point numbers beside their text.
 */
class RandomValuesIT {
  private static final int ROWS = 100;
  private static final int NULLS = 8;

  @OverEngines
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void comeAsTheSourceHasThem(Engine engine) throws Exception {
    long seed = Long.getLong("values.seed", System.nanoTime());
    Random random = new Random(seed);
    List<RandomType> types = RandomType.of(engine);
    try (Machines machines = new Machines(engine);
        TroubledMirror mirror = Mirrors.notMade(machines)) {
      String table = "CREATE TABLE sample (id int PRIMARY KEY, " + columns(types) + ")";
      mirror.onSource(table);
      mirror.onStandby(table);
      insert(mirror, types, random, 0, ROWS / 2);
      mirror.init();
      ProductProcess run = mirror.start("run");
      requireEqual(mirror, types, run);
      insert(mirror, types, random, ROWS / 2, ROWS);
      requireEqual(mirror, types, run);
      for (int row = 0; row < ROWS; row++) {
        mirror.onSource(session(engine) + update(types, random, row));
      }
      requireEqual(mirror, types, run);
      assertThat(mirror.askSource("SELECT count(*) FROM sample")).isEqualTo("" + ROWS);
    } catch (Throwable e) {
      throw new AssertionError("again with -Dvalues.seed=" + seed + " on " + engine, e);
    }
  }

  private static String session(Engine engine) {
    return engine == Engine.POSTGRESQL ? "" : "SET sql_mode = 'ALLOW_INVALID_DATES';";
  }

  private static String columns(List<RandomType> types) {
    return IntStream.range(0, types.size())
        .mapToObj(i -> "c" + i + " " + types.get(i).type())
        .collect(Collectors.joining(", "));
  }

  private static void insert(
      TroubledMirror mirror, List<RandomType> types, Random random, int from, int to)
      throws Exception {
    StringBuilder script = new StringBuilder(session(mirror.engine()));
    for (int row = from; row < to; row++) {
      script
          .append("INSERT INTO sample VALUES (")
          .append(row)
          .append(", ")
          .append(types.stream().map(type -> one(type, random)).collect(Collectors.joining(", ")))
          .append(");");
    }
    mirror.onSource(script.toString());
  }

  private static String update(List<RandomType> types, Random random, int row) {
    return IntStream.range(0, types.size())
            .filter(i -> random.nextInt(3) == 0)
            .mapToObj(i -> "c" + i + " = " + one(types.get(i), random))
            .collect(Collectors.joining(", ", "UPDATE sample SET ", ""))
            .replaceFirst("SET $", "SET id = id")
        + " WHERE id = "
        + row;
  }

  private static String one(RandomType type, Random random) {
    return random.nextInt(NULLS) == 0 ? "NULL" : type.value().apply(random);
  }

  private static void requireEqual(
      TroubledMirror mirror, List<RandomType> types, ProductProcess run) throws Exception {
    mirror.requireIdentical(run);
    for (int i = 0; i < types.size(); i++) {
      if (!types.get(i).bits().isEmpty()) {
        String sql =
            "SELECT " + types.get(i).bits().formatted("c" + i) + " FROM sample ORDER BY id";
        assertThat(mirror.listOnStandby(sql)).as(sql).isEqualTo(mirror.listOnSource(sql));
      }
    }
  }
}
