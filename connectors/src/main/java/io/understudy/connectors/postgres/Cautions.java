package io.understudy.connectors.postgres;

import io.understudy.connectors.Obstacle;
import io.understudy.journal.postgres.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What about the log's keeping will harm one day: a reader that is away makes the source keep it.
 */
final class Cautions {
  /** For how long the log's growth is watched. */
  static final Duration WATCH = Duration.ofSeconds(1);

  /** How long a reader should be able to be away. */
  private static final Duration AWAY = Duration.ofHours(8);

  private static final String SETTINGS =
      """
      SELECT (SELECT setting::bigint FROM pg_settings WHERE name = 'max_slot_wal_keep_size'),
             pg_current_wal_lsn()::text,
             coalesce((SELECT wal_bytes / greatest(1, extract(epoch FROM now() - stats_reset))
                         FROM pg_stat_wal), 0)::float8,
             (SELECT setting::bigint FROM pg_settings WHERE name = 'idle_session_timeout'),
             has_function_privilege('pg_ls_waldir()', 'EXECUTE'),
             (SELECT coalesce(string_agg(slot_name, ', ' ORDER BY slot_name), '')
                FROM pg_replication_slots
               WHERE NOT active AND restart_lsn IS NOT NULL AND slot_name NOT LIKE 'understudy%'
                 AND pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > 1073741824),
             (SELECT coalesce(string_agg(quote_literal(gid), ', ' ORDER BY prepared), '')
                FROM pg_prepared_xacts WHERE prepared < now() - interval '1 minute')
      """;

  private static final String RELOAD = "; SELECT pg_reload_conf()";

  private static final String NOT_SEEN =
      "is not to be seen by this role (GRANT pg_monitor would let it)";

  private Cautions() {}

  /**
   * @param before where the log ended {@code elapsed} ago
   */
  static List<Obstacle> find(Connection connection, Lsn before, Duration elapsed)
      throws SQLException {
    List<Obstacle> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(SETTINGS);
        ResultSet row = statement.executeQuery()) {
      row.next();
      long grown = Lsn.parse(row.getString(2)).bytesSince(before).orElse(0);
      double now = grown / Math.max(0.001, elapsed.toMillis() / 1e3);
      slotLimit(
          row.getLong(1),
          Math.max(now, row.getDouble(3)),
          row.getBoolean(5) ? held(connection) : NOT_SEEN,
          found);
      if (row.getLong(4) > 0) {
        found.add(
            Obstacle.removedBy(
                "ALTER SYSTEM SET idle_session_timeout = 0",
                RELOAD,
                "idle_session_timeout",
                "is " + row.getLong(4) + " ms",
                "the server ends sessions that Understudy keeps for when they are needed"));
      }
      if (!row.getString(6).isEmpty()) {
        found.add(
            new Obstacle(
                "replication slots " + row.getString(6),
                "are used by nobody and keep more than 1 GiB of log",
                "the disk fills up with log that nobody reads",
                "let their consumers go on, or SELECT pg_drop_replication_slot('NAME')"));
      }
      if (!row.getString(7).isEmpty()) {
        found.add(
            new Obstacle(
                "prepared transactions " + row.getString(7),
                "are open for more than a minute",
                "init and verify wait for them, and the log is kept from where they began",
                "COMMIT PREPARED or ROLLBACK PREPARED each"));
      }
    }
    return found;
  }

  private static String held(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT coalesce(sum(size), 0) FROM pg_ls_waldir()");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return String.format(Locale.ROOT, "holds %.1f GiB now", row.getDouble(1) / (1L << 30));
    }
  }

  /**
   * @param limit in MiB; negative for none
   * @param rate bytes of log in a second
   * @param held what pg_wal holds, for people
   */
  private static void slotLimit(long limit, double rate, String held, List<Obstacle> found) {
    String growth =
        String.format(
            Locale.ROOT,
            "the log grows by %.1f MiB/s now or on average, %.1f GiB in a day; pg_wal %s; what its"
                + " disk has left, no statement tells: look at it there",
            rate / (1 << 20),
            rate * 86_400 / (1L << 30),
            held);
    long wanted = Math.max(1024, (long) (rate * AWAY.toSeconds() / (1 << 20)));
    if (limit < 0) {
      found.add(
          new Obstacle(
              "max_slot_wal_keep_size",
              "is -1",
              "while the reader is away the log is kept without a limit, until the disk is full and"
                  + " the source stands still; "
                  + growth,
              set(wanted) + ", or as much as the disk of pg_wal has to spare"));
    } else if (limit < wanted) {
      found.add(
          new Obstacle(
              "max_slot_wal_keep_size",
              String.format(
                  Locale.ROOT,
                  "is %d MiB, which the log grows by in %.1f hours",
                  limit,
                  rate == 0 ? 0 : limit * (double) (1 << 20) / rate / 3600),
              "a reader that is away for longer finds its log gone, and all has to be copied anew; "
                  + growth,
              set(wanted) + ", if the disk of pg_wal has that to spare"));
    }
  }

  private static String set(long megabytes) {
    return "ALTER SYSTEM SET max_slot_wal_keep_size = '"
        + megabytes
        + "MB'; SELECT pg_reload_conf()";
  }
}
