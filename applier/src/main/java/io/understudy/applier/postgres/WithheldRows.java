package io.understudy.applier.postgres;

import io.understudy.applier.Progress;
import io.understudy.applier.Return;
import io.understudy.applier.Withheld;
import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Row;
import io.understudy.journal.RowKey;
import io.understudy.journal.Sequence;
import io.understudy.journal.Value;
import io.understudy.journal.codec.RecordCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tables {@code understudy.withheld} and {@code understudy.withheld_part}: until where rows are
 * withheld, which ones, and what they are then. The rows are kept as the journal keeps them.
 */
final class WithheldRows {
  static final OwnTable TABLE =
      new OwnTable(
          "withheld",
          """
          CREATE TABLE IF NOT EXISTS understudy.withheld (
            mirror text PRIMARY KEY,
            sequence bigint NOT NULL,
            journal_offset bigint NOT NULL
          )""");

  static final OwnTable PARTS =
      new OwnTable(
          "withheld_part",
          """
          CREATE TABLE IF NOT EXISTS understudy.withheld_part (
            mirror text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('KEYS', 'ROWS')),
            part int NOT NULL,
            changes bytea NOT NULL,
            PRIMARY KEY (mirror, kind, part)
          )""");

  private static final String KEYS = "KEYS";
  private static final String ROWS = "ROWS";
  private static final long PART_BYTES = 512 * 1024L;

  private final MirrorName mirror;
  private final RecordCodec codec = new RecordCodec();

  WithheldRows(MirrorName mirror) {
    this.mirror = mirror;
  }

  void clear(Connection connection) throws SQLException {
    for (OwnTable table : List.of(TABLE, PARTS)) {
      if (table.exists(connection)) {
        execute(connection, "DELETE FROM understudy." + table.name() + " WHERE mirror = ?");
      }
    }
  }

  private void execute(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.executeUpdate();
    }
  }

  /** Nothing must be withheld. */
  void add(Connection connection, Return plan) throws SQLException {
    TABLE.create(connection);
    PARTS.create(connection);
    String sql = "INSERT INTO understudy.withheld VALUES (?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setLong(2, plan.until().sequence().value());
      statement.setLong(3, plan.until().offset());
      statement.executeUpdate();
    }
    store(connection, KEYS, plan.at(), plan.rows().stream().map(WithheldRows::key).toList());
    store(connection, ROWS, plan.at(), List.copyOf(plan.then()));
  }

  /** As the journal has a row that goes. */
  static Change key(Return.Touched row) {
    Value[] values = new Value[row.relation().columns().size()];
    Arrays.fill(values, Value.UNCHANGED);
    int[] columns = RowKey.columns(row.relation());
    for (int i = 0; i < columns.length; i++) {
      values[columns[i]] = row.key().values().get(i);
    }
    return new Change.Delete(row.relation(), Row.of(values));
  }

  private void store(Connection connection, String kind, Progress at, List<Change> changes)
      throws SQLException {
    List<Change> part = new ArrayList<>();
    long bytes = 0;
    int number = 0;
    for (Change change : changes) {
      if (!part.isEmpty() && bytes + change.size() > PART_BYTES) {
        store(connection, kind, number++, at, part);
        part.clear();
        bytes = 0;
      }
      part.add(change);
      bytes += change.size();
    }
    if (!part.isEmpty()) {
      store(connection, kind, number, at, part);
    }
  }

  private void store(
      Connection connection, String kind, int number, Progress at, List<Change> changes)
      throws SQLException {
    JournalRecord record =
        new JournalRecord(
            mirror,
            at.epoch(),
            1,
            at.sequence(),
            at.position(),
            at.commitTime(),
            new Body.Piece("rejoin", 0, true, 0, changes));
    String sql = "INSERT INTO understudy.withheld_part VALUES (?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setString(2, kind);
      statement.setInt(3, number);
      statement.setBytes(4, codec.encode(record));
      statement.executeUpdate();
    }
  }

  /** Until where rows are withheld; empty if none are. */
  Optional<Return.Until> until(Connection connection) throws SQLException {
    if (!TABLE.exists(connection)) {
      return Optional.empty();
    }
    String sql = "SELECT sequence, journal_offset FROM understudy.withheld WHERE mirror = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Return.Until(new Sequence(row.getLong(1)), row.getLong(2)))
            : Optional.empty();
      }
    }
  }

  Optional<Withheld> read(Connection connection) throws SQLException {
    Optional<Return.Until> until = until(connection);
    if (until.isEmpty()) {
      return Optional.empty();
    }
    Set<RowKey> rows = new HashSet<>();
    for (int part : parts(connection, KEYS)) {
      for (Change change : changes(connection, KEYS, part)) {
        rows.addAll(RowKey.of(change));
      }
    }
    return Optional.of(new Withheld(until.get(), rows));
  }

  /** The parts of what the rows are, once they are due. */
  List<Integer> parts(Connection connection) throws SQLException {
    return parts(connection, ROWS);
  }

  List<Change> rows(Connection connection, int part) throws SQLException {
    return changes(connection, ROWS, part);
  }

  private List<Integer> parts(Connection connection, String kind) throws SQLException {
    String sql =
        "SELECT part FROM understudy.withheld_part WHERE mirror = ? AND kind = ? ORDER BY part";
    List<Integer> parts = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setString(2, kind);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          parts.add(row.getInt(1));
        }
      }
    }
    return parts;
  }

  private List<Change> changes(Connection connection, String kind, int part) throws SQLException {
    String sql =
        "SELECT changes FROM understudy.withheld_part WHERE mirror = ? AND kind = ? AND part = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, mirror.value());
      statement.setString(2, kind);
      statement.setInt(3, part);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        JournalRecord record = codec.decode(row.getBytes(1), -1);
        return ((Body.Piece) record.body()).changes();
      }
    }
  }
}
