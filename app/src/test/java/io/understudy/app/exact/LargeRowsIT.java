package io.understudy.app.exact;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values of 64 MB, through the copy, the log and verify, by processes of 512 MiB; those with
 * Debezium in them take more.
 */
class LargeRowsIT {
  private static final Duration CATCH_UP = Duration.ofMinutes(4);

  /** Text of 64 MB that does not compress to much less. */
  private static final String LARGE =
      "(SELECT string_agg(md5(#::text || n::text), '') FROM generate_series(1, 2097152) n)";

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE public.keyed (id int PRIMARY KEY, t text, b bytea, n int)",
          "CREATE TABLE public.keyless (t text, n int)",
          "ALTER TABLE public.keyless REPLICA IDENTITY FULL");

  private static final List<String> ROWS =
      List.of(
          "INSERT INTO public.keyed VALUES (1, " + large(1) + ", NULL, 1)",
          "INSERT INTO public.keyless VALUES (" + large(2) + ", 1), ('small', 2)");

  private static final List<String> CHANGES =
      List.of(
          "INSERT INTO public.keyed VALUES (2, NULL, decode(" + large(3) + ", 'escape'), 1)",
          "UPDATE public.keyed SET n = 2",
          "UPDATE public.keyed SET t = reverse(t) WHERE id = 1",
          "UPDATE public.keyed SET id = 3 WHERE id = 2",
          "UPDATE public.keyless SET n = n + 1",
          "INSERT INTO public.keyless VALUES (" + large(4) + ", 5)",
          "DELETE FROM public.keyless WHERE n = 2");

  /** What both sides say of all rows. */
  private static final String ALL =
      """
      SELECT string_agg(r, ' ' ORDER BY r) FROM (
        SELECT concat_ws(' ', id, pg_size_pretty(length(t)::bigint), md5(t), length(b), md5(b), n) FROM public.keyed
        UNION ALL SELECT concat_ws(' ', length(t), md5(t), n) FROM public.keyless) rows (r)""";

  private static String large(int seed) {
    return LARGE.replace("#", Integer.toString(seed));
  }

  static Stream<Reader> readers() {
    return Reader.chosen().stream();
  }

  @ParameterizedTest
  @MethodSource("readers")
  @Timeout(value = 12, unit = TimeUnit.MINUTES)
  void passThroughSmallProcesses(Reader reader) throws Exception {
    try (Pair pair =
        new Pair(18, reader.setting()).withHeap(reader == Reader.NATIVE ? "512m" : "2g")) {
      for (String table : TABLES) {
        pair.onBoth(table);
      }
      try (Connection source = pair.source()) {
        for (String sql : ROWS) {
          Sql.run(source, sql);
        }
        pair.command("init");
        ProductProcess run = pair.start("run");
        for (String sql : CHANGES) {
          Sql.run(source, sql);
        }
        pair.awaitCaughtUp(CATCH_UP, run);
      }
      try (Connection source = pair.source();
          Connection standby = pair.standby()) {
        assertThat(Sql.text(standby, ALL)).isEqualTo(Sql.text(source, ALL)).contains("64 MB");
      }
      pair.command("verify");
    }
  }
}
