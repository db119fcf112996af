package io.understudy.applier.mysql;

import io.understudy.applier.Progress;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorName;
import io.understudy.journal.PositionFormat;
import io.understudy.journal.Sequence;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The table {@code understudy.mirror}: one row a mirror, which tells how far this standby is and
 * who alone may move it. A server has one database {@code understudy} for all mirrors that end on
 * it, so the row is named by the mirror and by its home, the database of the standby's URL: two
 * mirrors of one name do not meet. Every write names the owner, and all but its taking name the
 * former content, so that two writers cannot both succeed.
 */
final class ProgressTable {

  /** What the row says the database is. */
  enum State {
    /** Half filled: {@code init} is under way, or was interrupted. */
    COPYING,
    /** A standby. */
    FOLLOWING,
    /** Opened for writing by a promotion. */
    OPEN
  }

  /**
   * @param progress empty until the first copy is complete
   */
  record Entry(State state, String owner, Optional<Progress> progress) {}

  private static final String CREATE =
      """
      CREATE TABLE IF NOT EXISTS understudy.mirror (
        mirror varchar(64) NOT NULL,
        home varchar(64) NOT NULL,
        state varchar(16) NOT NULL,
        owner varchar(255) NOT NULL,
        `epoch` bigint,
        `sequence` bigint,
        position_kind varchar(64),
        `position` longtext,
        topic_id varchar(64),
        journal_offset bigint,
        commit_time datetime(6),
        applied_at datetime(6) NOT NULL,
        PRIMARY KEY (mirror, home)
      ) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin""";

  private static final String EXISTS =
      """
      SELECT 1 FROM information_schema.tables
       WHERE table_schema = 'understudy' AND table_name = 'mirror'""";

  private static final String OURS = " WHERE mirror = ? AND home = coalesce(database(), '')";

  private static final String READ =
      """
      SELECT state, owner, `epoch`, `sequence`, position_kind, `position`, topic_id,
             journal_offset, commit_time
        FROM understudy.mirror"""
          + OURS;

  private static final String MOVE =
      """
      UPDATE understudy.mirror
         SET `epoch` = ?, `sequence` = ?, position_kind = ?, `position` = ?, topic_id = ?,
             journal_offset = ?, commit_time = ?, applied_at = utc_timestamp(6)""";

  private static final String ADVANCE =
      MOVE
          + OURS
          + " AND owner = ? AND state = 'FOLLOWING'"
          + " AND `epoch` = ? AND `sequence` = ? AND journal_offset = ?";

  private static final String COMPLETE =
      MOVE + ", state = 'FOLLOWING'" + OURS + " AND owner = ? AND state = 'COPYING'";

  private static final String OTHERS =
      """
      SELECT mirror, home FROM understudy.mirror
       WHERE state = ? AND NOT (mirror = ? AND home = coalesce(database(), ''))""";

  /** UTC, as text: a time zone of the driver's has no say in it. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private final MirrorName mirror;

  ProgressTable(MirrorName mirror) {
    this.mirror = mirror;
  }

  void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!exists(connection)) {
        statement.execute("CREATE DATABASE IF NOT EXISTS understudy");
        statement.execute(CREATE);
      }
    }
  }

  private boolean exists(Connection connection) throws SQLException {
    return Rows.value(connection, EXISTS).isPresent();
  }

  Optional<Entry> read(Connection connection) throws SQLException {
    return exists(connection) ? read(connection, READ) : Optional.empty();
  }

  /** Waits for whoever is changing the row, and holds others off until the transaction's end. */
  Optional<Entry> lock(Connection connection) throws SQLException {
    return exists(connection) ? read(connection, READ + " FOR UPDATE") : Optional.empty();
  }

  /** Marks the database as half filled, by {@code owner}. */
  void beginCopy(Connection connection, String owner) throws SQLException {
    String sql =
        """
        INSERT INTO understudy.mirror (mirror, home, state, owner, applied_at)
        VALUES (?, coalesce(database(), ''), 'COPYING', ?, utc_timestamp(6))
        ON DUPLICATE KEY UPDATE state = VALUES(state), owner = VALUES(owner),
          applied_at = VALUES(applied_at), `epoch` = NULL, `sequence` = NULL,
          position_kind = NULL, `position` = NULL, topic_id = NULL, journal_offset = NULL,
          commit_time = NULL""";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setString(2, owner);
      statement.executeUpdate();
    }
  }

  /** Whether {@code owner} is the one who fills this database; stays true until the commit. */
  boolean holdCopy(Connection connection, String owner) throws SQLException {
    String sql =
        "SELECT 1 FROM understudy.mirror"
            + OURS
            + " AND owner = ? AND state = 'COPYING' LOCK IN SHARE MODE";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setString(2, owner);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /** Whether the copy was {@code owner}'s to complete. */
  boolean completeCopy(Connection connection, String owner, Progress progress) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COMPLETE)) {
      int next = set(statement, progress);
      statement.setString(next, mirror.value());
      statement.setString(next + 1, owner);
      return statement.executeUpdate() == 1;
    }
  }

  /** Gives the row another owner and state. The row must have been locked. */
  void own(Connection connection, String owner, State state) throws SQLException {
    String sql =
        "UPDATE understudy.mirror SET owner = ?, state = ?, applied_at = utc_timestamp(6)" + OURS;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, owner);
      statement.setString(2, state.name());
      statement.setString(3, mirror.value());
      statement.executeUpdate();
    }
  }

  /** The other mirrors that end on this server, and are in {@code state}. */
  List<String> others(Connection connection, State state) throws SQLException {
    return Rows.of(connection, OTHERS, state.name(), mirror.value()).stream()
        .map(row -> row.get(1).isEmpty() ? row.get(0) : row.get(0) + " (" + row.get(1) + ")")
        .toList();
  }

  /** Whether the row stood at {@code from} and was {@code owner}'s to move. */
  boolean advance(Connection connection, String owner, Progress from, Progress to)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
      int next = set(statement, to);
      statement.setString(next, mirror.value());
      statement.setString(next + 1, owner);
      statement.setLong(next + 2, from.epoch().value());
      statement.setLong(next + 3, from.sequence().value());
      statement.setLong(next + 4, from.offset());
      return statement.executeUpdate() == 1;
    }
  }

  private static int set(PreparedStatement statement, Progress progress) throws SQLException {
    statement.setLong(1, progress.epoch().value());
    statement.setLong(2, progress.sequence().value());
    statement.setString(3, progress.position().kind());
    statement.setString(4, progress.position().encoded());
    statement.setString(5, progress.topicId());
    statement.setLong(6, progress.offset());
    statement.setString(
        7, TIME.format(LocalDateTime.ofInstant(progress.commitTime(), ZoneOffset.UTC)));
    return 8;
  }

  private Optional<Entry> read(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(entry(row)) : Optional.empty();
      }
    }
  }

  private static Entry entry(ResultSet row) throws SQLException {
    State state = State.valueOf(row.getString("state"));
    String owner = row.getString("owner");
    if (row.getString("position") == null) {
      return new Entry(state, owner, Optional.empty());
    }
    Instant commitTime =
        LocalDateTime.parse(row.getString("commit_time"), TIME).toInstant(ZoneOffset.UTC);
    Progress progress =
        new Progress(
            new Epoch(row.getLong("epoch")),
            new Sequence(row.getLong("sequence")),
            PositionFormat.parse(row.getString("position_kind"), row.getString("position")),
            commitTime,
            row.getString("topic_id"),
            row.getLong("journal_offset"));
    return new Entry(state, owner, Optional.of(progress));
  }
}
