package io.understudy.app.trouble;

import io.understudy.app.harness.Engine;
import java.sql.SQLException;
import java.util.List;

/** What can happen to a source of MySQL or MariaDB, and to its binary logs. */
final class Binlogs {
  private static final long LOOK_MILLIS = 100;
  private static final int LOOKS = 300;

  private Binlogs() {}

  static List<SourceHarm> harms() {
    return List.of(
        new SourceHarm("logs purged", Binlogs::purge),
        new SourceHarm("logs begun anew", Binlogs::reset));
  }

  static List<Unfit> unfit(Engine engine) {
    String set = engine == Engine.MYSQL ? "SET PERSIST " : "SET GLOBAL ";
    return List.of(
        new Unfit(
            "binlog_format",
            "STATEMENT",
            "binlog_format is 'STATEMENT'",
            set + "binlog_format = 'ROW'",
            false),
        new Unfit(
            "binlog_row_image",
            "MINIMAL",
            "binlog_row_image is 'MINIMAL'",
            set + "binlog_row_image = 'FULL'",
            false));
  }

  /** Until the file that the journal ends in is gone: a reader's last session may still hold it. */
  private static List<String> purge(TroubledMirror mirror) throws Exception {
    String file = mirror.askSource("SHOW MASTER STATUS");
    mirror.onSource("INSERT INTO item VALUES (501, 'purged', 1)");
    for (int look = 0; mirror.askSource("SHOW BINARY LOGS").compareTo(file) <= 0; look++) {
      if (look > LOOKS) {
        throw new IllegalStateException("the source does not purge " + file);
      }
      mirror.onSource("FLUSH BINARY LOGS");
      mirror.onSource("PURGE BINARY LOGS TO '" + mirror.askSource("SHOW MASTER STATUS") + "'");
      Thread.sleep(LOOK_MILLIS);
    }
    return List.of("has removed binary logs that the journal lacks", file);
  }

  private static List<String> reset(TroubledMirror mirror) throws SQLException {
    mirror.onSource("INSERT INTO item VALUES (501, 'forgotten', 1)");
    mirror.onSource("RESET MASTER");
    return List.of("went back in time");
  }
}
