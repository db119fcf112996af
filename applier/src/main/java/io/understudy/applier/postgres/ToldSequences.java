package io.understudy.applier.postgres;

import io.understudy.journal.Change;
import io.understudy.journal.MirrorName;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.SequenceSteps.Place;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The table {@code understudy.sequences}: where the journal last said that each of the source's
 * sequences stood, and how fast it went. Kept apart from the sequences themselves because setting
 * one is no part of a transaction, and because one may be missing.
 */
final class ToldSequences {
  static final OwnTable TABLE =
      new OwnTable(
          "sequences",
          """
          CREATE TABLE IF NOT EXISTS understudy.sequences (
            mirror text NOT NULL,
            schema text NOT NULL,
            name text NOT NULL,
            relid oid,
            last bigint NOT NULL,
            called boolean NOT NULL,
            peak double precision NOT NULL,
            steps double precision NOT NULL,
            seconds double precision NOT NULL,
            look double precision NOT NULL,
            since timestamptz NOT NULL,
            told timestamptz NOT NULL,
            PRIMARY KEY (mirror, schema, name)
          )""");

  private static final String SET =
      """
      SELECT t.schema, t.name, c.oid,
             CASE WHEN c.oid IS NULL THEN 'MISSING'
                  WHEN NOT has_sequence_privilege(c.oid, 'UPDATE') THEN 'FORBIDDEN'
                  WHEN t.last NOT BETWEEN q.seqmin AND q.seqmax THEN 'OUT_OF_BOUNDS'
                  WHEN setval(c.oid, t.last, t.called) IS NOT NULL THEN 'SET' END
        FROM unnest(?::text[], ?::text[], ?::bigint[], ?::boolean[]) AS t(schema, name, last, called)
        LEFT JOIN pg_namespace n ON n.nspname = t.schema
        LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.name AND c.relkind = 'S'
        LEFT JOIN pg_sequence q ON q.seqrelid = c.oid""";

  private static final String REMEMBER =
      """
      INSERT INTO understudy.sequences AS s
      SELECT ?, t.schema, t.name, t.relid, t.last, t.called,
             CASE WHEN t.seconds > 0 THEN t.steps / t.seconds ELSE 0 END,
             t.steps, t.seconds, t.seconds, ?::timestamptz, ?::timestamptz
        FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::boolean[], ?::float8[], ?::float8[])
          AS t(schema, name, relid, last, called, steps, seconds)
      ON CONFLICT (mirror, schema, name) DO UPDATE
         SET relid = excluded.relid, last = excluded.last, called = excluded.called,
             peak = greatest(excluded.peak,
               s.peak * greatest(0, 1 - extract(epoch FROM excluded.told - s.told) / 604800)),
             steps = s.steps + excluded.steps, seconds = s.seconds + excluded.seconds,
             look = CASE WHEN excluded.look > 0 THEN excluded.look ELSE s.look END,
             told = greatest(excluded.told, s.told)""";

  /** By the oid that it had; or by name, of one that was not there, or was made anew. */
  private static final String READ =
      """
      SELECT DISTINCT ON (s.oid) s.oid, t.last, t.called, t.peak, t.look,
             t.steps / greatest(1, t.seconds, extract(epoch FROM t.told - t.since))
        FROM understudy.sequences t
        JOIN pg_class s ON s.relkind = 'S'
         AND CASE WHEN EXISTS (SELECT FROM pg_sequence q WHERE q.seqrelid = t.relid)
                  THEN s.oid = t.relid
                  ELSE s.oid = to_regclass(format('%I.%I', t.schema, t.name)) END
       WHERE t.mirror = ?
       ORDER BY s.oid, t.told DESC""";

  private static final String MISSING =
      """
      SELECT schema, name, last FROM understudy.sequences
       WHERE mirror = ? AND relid IS NULL AND to_regclass(format('%I.%I', schema, name)) IS NULL
       ORDER BY schema, name""";

  /** What came of setting a sequence. */
  enum Outcome {
    SET("it is"),
    MISSING("it is missing here: make it as it is on the source"),
    FORBIDDEN("the role may not: GRANT SELECT, UPDATE ON SEQUENCE … to it"),
    OUT_OF_BOUNDS("that is beyond its bounds here: ALTER SEQUENCE as it was on the source");

    private final String why;

    Outcome(String why) {
      this.why = why;
    }

    String why() {
      return why;
    }
  }

  private final MirrorName mirror;

  ToldSequences(MirrorName mirror) {
    this.mirror = mirror;
  }

  /** Forgets everything: the standby is filled anew. */
  void clear(Connection connection) throws SQLException {
    if (!TABLE.exists(connection)) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM understudy.sequences WHERE mirror = ?")) {
      statement.setString(1, mirror.value());
      statement.executeUpdate();
    }
  }

  /**
   * Sets the sequences to where they stand on the source, and remembers it. What is remembered is
   * part of the open transaction; the sequences are set whatever becomes of it.
   *
   * @param at by the source's clock
   * @return the sequences that could not be set
   */
  Map<TableName, Outcome> apply(Connection connection, List<Change.SequenceValue> told, Instant at)
      throws SQLException {
    Collection<Change.SequenceValue> values = latest(told);
    if (!TABLE.exists(connection)) {
      TABLE.create(connection);
    }
    Map<TableName, Outcome> failed = new HashMap<>();
    Map<TableName, Long> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(SET)) {
      statement.setArray(1, array(connection, "text", values, v -> v.sequence().schema()));
      statement.setArray(2, array(connection, "text", values, v -> v.sequence().table()));
      statement.setArray(3, array(connection, "bigint", values, Change.SequenceValue::last));
      statement.setArray(4, array(connection, "boolean", values, Change.SequenceValue::called));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          TableName name = new TableName(row.getString(1), row.getString(2));
          long oid = row.getLong(3);
          if (!row.wasNull()) {
            found.put(name, oid);
          }
          Outcome outcome = Outcome.valueOf(row.getString(4));
          if (outcome != Outcome.SET) {
            failed.put(name, outcome);
          }
        }
      }
    }
    remember(connection, values, found, at);
    return failed;
  }

  private void remember(
      Connection connection,
      Collection<Change.SequenceValue> values,
      Map<TableName, Long> found,
      Instant at)
      throws SQLException {
    OffsetDateTime time = OffsetDateTime.ofInstant(at, ZoneOffset.UTC);
    try (PreparedStatement statement = connection.prepareStatement(REMEMBER)) {
      statement.setString(1, mirror.value());
      statement.setObject(2, time);
      statement.setObject(3, time);
      statement.setArray(4, array(connection, "text", values, v -> v.sequence().schema()));
      statement.setArray(5, array(connection, "text", values, v -> v.sequence().table()));
      statement.setArray(6, array(connection, "bigint", values, v -> found.get(v.sequence())));
      statement.setArray(7, array(connection, "bigint", values, Change.SequenceValue::last));
      statement.setArray(8, array(connection, "boolean", values, Change.SequenceValue::called));
      statement.setArray(9, array(connection, "float8", values, v -> (double) v.steps()));
      statement.setArray(10, array(connection, "float8", values, v -> v.within().toNanos() / 1e9));
      statement.executeUpdate();
    }
  }

  private static <T> Array array(
      Connection connection,
      String type,
      Collection<Change.SequenceValue> values,
      Function<Change.SequenceValue, T> field)
      throws SQLException {
    return connection.createArrayOf(type, values.stream().map(field).toArray());
  }

  /** The last word on each, with the fastest pace. */
  private static Collection<Change.SequenceValue> latest(List<Change.SequenceValue> told) {
    Map<TableName, Change.SequenceValue> latest = new LinkedHashMap<>();
    for (Change.SequenceValue value : told) {
      latest.merge(value.sequence(), value, (earlier, later) -> later.after(earlier));
    }
    return latest.values();
  }

  /** What is known, by the oid that the sequence has here. */
  Map<Long, ToldSequence> read(Connection connection) throws SQLException {
    Map<Long, ToldSequence> told = new HashMap<>();
    if (!TABLE.exists(connection)) {
      return told;
    }
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Place place = new Place(row.getLong(2), row.getBoolean(3));
          told.put(
              row.getLong(1),
              new ToldSequence(place, row.getDouble(4), row.getDouble(6), row.getDouble(5)));
        }
      }
    }
    return told;
  }

  /** A line on each that the source has and this database lacks. */
  List<String> missing(Connection connection) throws SQLException {
    List<String> lines = new ArrayList<>();
    if (!TABLE.exists(connection)) {
      return lines;
    }
    try (PreparedStatement statement = connection.prepareStatement(MISSING)) {
      statement.setString(1, mirror.value());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          lines.add(
              "sequence "
                  + new TableName(row.getString(1), row.getString(2))
                  + ", which stood at "
                  + row.getLong(3)
                  + " on the source, is missing");
        }
      }
    }
    return lines;
  }
}
