package io.understudy.connectors.postgres;

import io.understudy.connectors.postgres.MirroredSequences.Found;
import io.understudy.connectors.slot.OwnMessages.Kind;
import io.understudy.connectors.slot.SequenceMessages;
import io.understudy.journal.Change;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Lsn;
import io.understudy.journal.postgres.Quoting;
import io.understudy.journal.postgres.SequenceSteps.Place;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reads where the mirrored sequences stand, and writes it into the source's log. Nobody else of
 * this mirror does so between the reading and the writing, in whatever process, so the last word in
 * the log is the latest. Remembers what it wrote: where nothing moved, nothing need be told.
 */
final class SequenceTelling {
  /** Read by one statement, and told by one message. */
  private static final int CHUNK = 200;

  /** Who changes a sequence is not waited for: the next look is soon. */
  private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '100ms'";

  /** Dropped, being changed, or not to be read any more since it was listed. */
  private static final Set<String> LEFT_OUT = Set.of("42P01", "3F000", "55P03", "42501", "XX000");

  private record Key(long oid, TableName name) {
    static Key of(Found sequence) {
      return new Key(sequence.oid(), sequence.name());
    }
  }

  private record Seen(Place place, long nanos) {}

  private final Names names;
  private final MirroredSequences sequences;

  /** What the log has of each, and when it was looked at last. */
  private final Map<Key, Seen> told = new HashMap<>();

  SequenceTelling(Names names, MirroredSequences sequences) {
    this.names = names;
    this.sequences = sequences;
  }

  /**
   * @param all whether also those that did not move
   * @return a position that the log reaches only behind what was written
   */
  synchronized Lsn tell(Connection connection, boolean all) throws SQLException {
    advisory(connection, "pg_advisory_lock");
    try {
      List<Found> mirrored =
          sequences.find(connection).stream()
              .filter(sequence -> sequence.mirrored() && sequence.readable())
              .toList();
      List<Found> free = mirrored.stream().filter(sequence -> !sequence.locked()).toList();
      for (int from = 0; from < free.size(); from += CHUNK) {
        tell(connection, free.subList(from, Math.min(from + CHUNK, free.size())), all);
      }
      told.keySet().retainAll(mirrored.stream().map(Key::of).collect(Collectors.toSet()));
      return end(connection);
    } finally {
      advisory(connection, "pg_advisory_unlock");
    }
  }

  private void tell(Connection connection, List<Found> chunk, boolean all) throws SQLException {
    Map<Found, Place> places = read(connection, chunk);
    Map<Key, Seen> seen = new HashMap<>();
    List<Change.SequenceValue> values = new ArrayList<>();
    for (Found sequence : chunk) {
      Place place = places.get(sequence);
      if (place == null) {
        continue;
      }
      Seen now = new Seen(place, System.nanoTime());
      Seen before = told.get(Key.of(sequence));
      seen.put(Key.of(sequence), now);
      if (all || before == null || !before.place().equals(place)) {
        values.add(value(sequence, before, now));
      }
    }
    if (!values.isEmpty()) {
      new Seal(names).emit(connection, Kind.SEQUENCES, SequenceMessages.write(values));
    }
    told.putAll(seen);
  }

  private static Change.SequenceValue value(Found sequence, Seen before, Seen now) {
    Duration within = before == null ? Duration.ZERO : Duration.ofNanos(now.nanos - before.nanos);
    long steps = before == null ? 0 : sequence.steps().between(before.place(), now.place(), within);
    return new Change.SequenceValue(
        sequence.name(), now.place().last(), now.place().called(), steps, within);
  }

  /** Together; or, if that fails, each by itself without those that cannot be read now. */
  private static Map<Found, Place> read(Connection connection, List<Found> chunk)
      throws SQLException {
    connection.setAutoCommit(false);
    try {
      Map<Found, Place> places = places(connection, chunk);
      connection.commit();
      return places;
    } catch (SQLException e) {
      connection.rollback();
      if (!LEFT_OUT.contains(String.valueOf(e.getSQLState()))) {
        throw e;
      }
    } finally {
      connection.setAutoCommit(true);
    }
    Map<Found, Place> places = new HashMap<>();
    if (chunk.size() > 1) {
      for (Found sequence : chunk) {
        places.putAll(read(connection, List.of(sequence)));
      }
    }
    return places;
  }

  private static Map<Found, Place> places(Connection connection, List<Found> chunk)
      throws SQLException {
    String sql =
        IntStream.range(0, chunk.size())
            .mapToObj(
                i ->
                    "SELECT "
                        + i
                        + ", last_value, is_called FROM "
                        + Quoting.name(chunk.get(i).name()))
            .collect(Collectors.joining(" UNION ALL "));
    Map<Found, Place> places = new HashMap<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute(LOCK_TIMEOUT);
      try (ResultSet row = statement.executeQuery(sql)) {
        while (row.next()) {
          places.put(chunk.get(row.getInt(1)), new Place(row.getLong(2), row.getBoolean(3)));
        }
      }
    }
    return places;
  }

  private static Lsn end(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_current_wal_lsn()::text")) {
      row.next();
      return Lsn.parse(row.getString(1));
    }
  }

  private void advisory(Connection connection, String function) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT " + function + "(hashtextextended(?, 0))")) {
      statement.setString(1, Kind.SEQUENCES.prefix(names.ownPrefix()));
      statement.execute();
    }
  }
}
