package io.understudy.applier.postgres;

import io.understudy.applier.CopyStart;
import io.understudy.applier.CopyState;
import io.understudy.applier.Progress;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.PositionFormat;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/**
 * The table {@code understudy.mirror}: one row a mirror, which tells how far this standby is and
 * who alone may move it. Every write names the owner, and all but its taking name the former
 * content, so that two writers cannot both succeed.
 */
final class ProgressTable {

  /** What the row says the database is. */
  enum State {
    /** Half filled: {@code init} is under way, or was interrupted. */
    COPYING,
    /** A standby. */
    FOLLOWING,
    /** The source, opened for writing when it became that. */
    OPEN,
    /** A source, or a former one, that lets others only read. */
    SHUT
  }

  /**
   * @param progress empty until the first copy is complete
   */
  record Entry(State state, String owner, Optional<Progress> progress) {}

  private static final String ONE_AT_A_TIME =
      "SELECT pg_advisory_xact_lock(hashtextextended('understudy makes its tables', 0))";

  private static final OwnTable TABLE =
      new OwnTable(
          "mirror",
          """
          CREATE TABLE IF NOT EXISTS understudy.mirror (
            mirror text PRIMARY KEY,
            state text NOT NULL,
            owner text NOT NULL,
            epoch bigint,
            sequence bigint,
            position_kind text,
            position text,
            topic_id text,
            journal_offset bigint,
            commit_time timestamptz,
            applied_at timestamptz NOT NULL,
            own_schema boolean NOT NULL DEFAULT false,
            start_kind text,
            start_position text
          )""");

  /** For a table that an earlier version made. */
  private static final String EXTEND =
      """
      ALTER TABLE understudy.mirror
        ADD COLUMN IF NOT EXISTS own_schema boolean NOT NULL DEFAULT false,
        ADD COLUMN IF NOT EXISTS start_kind text,
        ADD COLUMN IF NOT EXISTS start_position text""";

  private static final String READ =
      """
      SELECT state, owner, epoch, sequence, position_kind, position, topic_id, journal_offset,
             commit_time
        FROM understudy.mirror WHERE mirror = ?""";

  /** What a copy begins with stays for those that go on with it. */
  private static final String BEGIN_COPY =
      """
      INSERT INTO understudy.mirror AS former (mirror, state, owner, applied_at)
      VALUES (?, 'COPYING', ?, clock_timestamp())
      ON CONFLICT (mirror) DO UPDATE
         SET (state, owner, applied_at) = (excluded.state, excluded.owner, excluded.applied_at),
             (epoch, sequence, position_kind, position, topic_id, journal_offset, commit_time,
              start_kind, start_position) =
             (SELECT former.epoch, former.sequence, former.position_kind, former.position,
                     former.topic_id, former.journal_offset, former.commit_time,
                     former.start_kind, former.start_position
               WHERE former.state = 'COPYING')""";

  /** Of a standby that is being filled, the progress is where its applier is to begin. */
  private static final String READ_COPY =
      """
      SELECT own_schema, start_kind, start_position, epoch, sequence, position_kind, position,
             topic_id, journal_offset, commit_time
        FROM understudy.mirror WHERE mirror = ? AND state = 'COPYING'""";

  private static final String SET_START =
      """
      UPDATE understudy.mirror
         SET (epoch, sequence, position_kind, position, topic_id, journal_offset, commit_time) =
             (NULL, NULL, NULL, NULL, NULL, NULL, NULL),
             start_kind = ?, start_position = ?
       WHERE mirror = ?""";

  private static final String SET_PROGRESS =
      """
      UPDATE understudy.mirror
         SET epoch = ?, sequence = ?, position_kind = ?, position = ?, topic_id = ?,
             journal_offset = ?, commit_time = ?
       WHERE mirror = ?""";

  private static final String ADVANCE =
      """
      UPDATE understudy.mirror
         SET epoch = ?, sequence = ?, position_kind = ?, position = ?, topic_id = ?,
             journal_offset = ?, commit_time = ?, applied_at = clock_timestamp()
       WHERE mirror = ? AND owner = ? AND state = 'FOLLOWING'
         AND epoch = ? AND sequence = ? AND journal_offset = ?""";

  private static final String COMPLETE =
      """
      UPDATE understudy.mirror
         SET epoch = ?, sequence = ?, position_kind = ?, position = ?, topic_id = ?,
             journal_offset = ?, commit_time = ?, applied_at = clock_timestamp(),
             state = 'FOLLOWING', own_schema = false
       WHERE mirror = ? AND owner = ? AND state = 'COPYING'""";

  private final MirrorName mirror;

  ProgressTable(MirrorName mirror) {
    this.mirror = mirror;
  }

  /** In a transaction, to whose end it holds off whoever does the same. */
  void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // IF NOT EXISTS fails where two make the same thing, as all do that reach a former source.
      statement.execute(ONE_AT_A_TIME);
      if (!TABLE.exists(connection)) {
        if (!OwnTable.hasSchema(connection)) {
          statement.execute("CREATE SCHEMA IF NOT EXISTS understudy");
        }
        TABLE.create(connection);
      } else if (!hasColumn(connection, "start_position")) {
        statement.execute(EXTEND);
      }
      CopiedTables.TABLE.create(connection);
      LaterStatements.TABLE.create(connection);
      DumpedSchema.TABLE.create(connection);
      HeldChanges.TABLE.create(connection);
      ToldSequences.TABLE.create(connection);
    }
  }

  private static boolean hasColumn(Connection connection, String name) throws SQLException {
    String sql =
        "SELECT 1 FROM pg_attribute WHERE attrelid = 'understudy.mirror'::regclass AND attname = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  Optional<Entry> read(Connection connection) throws SQLException {
    return TABLE.exists(connection) ? read(connection, READ) : Optional.empty();
  }

  /** Waits for whoever is changing the row, and holds others off until the transaction's end. */
  Optional<Entry> lock(Connection connection) throws SQLException {
    return TABLE.exists(connection) ? read(connection, READ + " FOR UPDATE") : Optional.empty();
  }

  /** Marks the database as half filled, by {@code owner}. */
  void beginCopy(Connection connection, String owner) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(BEGIN_COPY)) {
      statement.setString(1, mirror.value());
      statement.setString(2, owner);
      statement.executeUpdate();
    }
  }

  /** The row must be there. */
  void setOwnSchema(Connection connection) throws SQLException {
    String sql = "UPDATE understudy.mirror SET own_schema = true WHERE mirror = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.executeUpdate();
    }
  }

  /** The row must be there. */
  void setStart(Connection connection, Optional<CopyStart> start) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SET_START)) {
      statement.setString(1, start.map(it -> it.moment().kind()).orElse(null));
      statement.setString(2, start.map(it -> it.moment().encoded()).orElse(null));
      statement.setString(3, mirror.value());
      statement.executeUpdate();
    }
    Optional<Progress> behind = start.flatMap(CopyStart::behind);
    if (behind.isPresent()) {
      setProgress(connection, behind.get());
    }
  }

  /** What a copy under way, or interrupted, is; empty if there is none. */
  Optional<CopyState> copyState(Connection connection, CopiedTables copied) throws SQLException {
    if (!TABLE.exists(connection) || !hasColumn(connection, "start_position")) {
      return Optional.empty();
    }
    try (PreparedStatement statement = connection.prepareStatement(READ_COPY)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        Map<TableName, Position> complete = copied.read(connection);
        complete.remove(CopiedTables.SCHEMA);
        return Optional.of(new CopyState(row.getBoolean("own_schema"), start(row), complete));
      }
    }
  }

  private static Optional<CopyStart> start(ResultSet row) throws SQLException {
    if (row.getString("start_position") == null) {
      return Optional.empty();
    }
    Position moment =
        PositionFormat.parse(row.getString("start_kind"), row.getString("start_position"));
    return Optional.of(new CopyStart(moment, progress(row)));
  }

  /** Whether {@code owner} is the one who fills this database; stays true until the commit. */
  boolean holdCopy(Connection connection, String owner) throws SQLException {
    String sql =
        """
        SELECT 1 FROM understudy.mirror
         WHERE mirror = ? AND owner = ? AND state = 'COPYING' FOR SHARE""";
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

  /** Whether the row is {@code owner}'s, and stays it until the transaction's end. */
  boolean isOwned(Connection connection, String owner) throws SQLException {
    return lock(connection).filter(entry -> entry.owner().equals(owner)).isPresent();
  }

  /** Gives the row another owner and state. The row must have been locked. */
  void own(Connection connection, String owner, State state) throws SQLException {
    String sql =
        "UPDATE understudy.mirror SET owner = ?, state = ?, applied_at = clock_timestamp()"
            + " WHERE mirror = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, owner);
      statement.setString(2, state.name());
      statement.setString(3, mirror.value());
      statement.executeUpdate();
    }
  }

  /** Makes the row of a database that was the source from the beginning, if there is none. */
  void makeSource(Connection connection, String owner) throws SQLException {
    String sql =
        """
        INSERT INTO understudy.mirror (mirror, state, owner, applied_at)
        VALUES (?, 'OPEN', ?, clock_timestamp())
        ON CONFLICT (mirror) DO NOTHING""";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setString(2, owner);
      statement.executeUpdate();
    }
  }

  /** Makes the database a standby that goes on behind {@code at}. The row must be locked. */
  void follow(Connection connection, String owner, Progress at) throws SQLException {
    own(connection, owner, State.FOLLOWING);
    setProgress(connection, at);
  }

  private void setProgress(Connection connection, Progress at) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SET_PROGRESS)) {
      statement.setString(set(statement, at), mirror.value());
      statement.executeUpdate();
    }
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

  /** Between the last commit of the source's that was applied and now, by this server's clock. */
  double secondsBehind(Connection connection) throws SQLException {
    String sql =
        "SELECT extract(epoch FROM clock_timestamp() - commit_time) FROM understudy.mirror"
            + " WHERE mirror = ? AND commit_time IS NOT NULL";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getDouble(1) : 0;
      }
    }
  }

  private static int set(PreparedStatement statement, Progress progress) throws SQLException {
    statement.setLong(1, progress.epoch().value());
    statement.setLong(2, progress.sequence().value());
    statement.setString(3, progress.position().kind());
    statement.setString(4, progress.position().encoded());
    statement.setString(5, progress.topicId());
    statement.setLong(6, progress.offset());
    statement.setObject(7, OffsetDateTime.ofInstant(progress.commitTime(), ZoneOffset.UTC));
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
    Optional<Progress> progress = state == State.COPYING ? Optional.empty() : progress(row);
    return new Entry(state, row.getString("owner"), progress);
  }

  private static Optional<Progress> progress(ResultSet row) throws SQLException {
    if (row.getString("position") == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Progress(
            new Epoch(row.getLong("epoch")),
            new Sequence(row.getLong("sequence")),
            PositionFormat.parse(row.getString("position_kind"), row.getString("position")),
            row.getObject("commit_time", OffsetDateTime.class).toInstant(),
            row.getString("topic_id"),
            row.getLong("journal_offset")));
  }
}
