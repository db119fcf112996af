package io.understudy.applier.postgres;

import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Quoting;
import io.understudy.journal.postgres.SequenceSteps;
import io.understudy.journal.postgres.SequenceSteps.Place;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A sequence of the standby, with the columns that draw from it: those that own it and those whose
 * default mentions it.
 *
 * @param name as SQL spells it
 * @param movable whether our role may set it
 */
record StandbySequence(
    long oid, String name, SequenceSteps steps, boolean movable, List<Column> columns) {
  private static final String ALL =
      """
      WITH uses AS (
        SELECT d.objid AS sequence, d.refobjid AS tab, d.refobjsubid AS col
          FROM pg_depend d
         WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
           AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
         UNION
        SELECT d.refobjid, f.adrelid, f.adnum
          FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
         WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass)
      SELECT s.oid, sn.nspname, s.relname,
             q.seqincrement, q.seqmin, q.seqmax, q.seqcycle, q.seqcache,
             has_sequence_privilege(s.oid, 'UPDATE') AND has_sequence_privilege(s.oid, 'SELECT'),
             tn.nspname, t.relname, t.relkind = 'p' OR t.relhassubclass, a.attname,
             CASE ty.typtype WHEN 'd' THEN ty.typbasetype ELSE ty.oid END::regtype::text
        FROM pg_class s
        JOIN pg_sequence q ON q.seqrelid = s.oid
        JOIN pg_namespace sn ON sn.oid = s.relnamespace
        LEFT JOIN (uses u
          JOIN pg_class t ON t.oid = u.tab AND t.relkind IN ('r', 'p')
          JOIN pg_namespace tn ON tn.oid = t.relnamespace
          JOIN pg_attribute a ON a.attrelid = u.tab AND a.attnum = u.col AND NOT a.attisdropped
          JOIN pg_type ty ON ty.oid = a.atttypid) ON u.sequence = s.oid
       WHERE s.relkind = 'S' AND s.relpersistence <> 't'
         AND sn.nspname NOT IN ('understudy', 'pg_catalog', 'information_schema')
       ORDER BY sn.nspname, s.relname, tn.nspname, t.relname, a.attname""";

  /** A column that draws from a sequence; the table as a FROM clause names it. */
  record Column(String table, String name, String type) {
    boolean holdsNumbers() {
      return Set.of("smallint", "integer", "bigint", "numeric").contains(type);
    }

    /** Beyond 64 bits, and not a number, is out of any sequence's reach. */
    private String reachable() {
      return type.equals("numeric") ? " WHERE abs(" + name + ") < 1e19" : "";
    }
  }

  static List<StandbySequence> all(Connection connection) throws SQLException {
    Map<Long, StandbySequence> sequences = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ALL)) {
      while (row.next()) {
        StandbySequence sequence = sequences.get(row.getLong(1));
        if (sequence == null) {
          sequence = of(row);
          sequences.put(row.getLong(1), sequence);
        }
        if (row.getString(10) != null) {
          String table = Quoting.name(new TableName(row.getString(10), row.getString(11)));
          sequence
              .columns()
              .add(
                  new Column(
                      row.getBoolean(12) ? table : "ONLY " + table,
                      Quoting.name(row.getString(13)),
                      row.getString(14)));
        }
      }
    }
    return List.copyOf(sequences.values());
  }

  private static StandbySequence of(ResultSet row) throws SQLException {
    return new StandbySequence(
        row.getLong(1),
        Quoting.name(new TableName(row.getString(2), row.getString(3))),
        new SequenceSteps(
            row.getLong(4), row.getLong(5), row.getLong(6), row.getBoolean(7), row.getLong(8)),
        row.getBoolean(9),
        new ArrayList<>());
  }

  Place place(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT last_value, is_called FROM " + name)) {
      row.next();
      return new Place(row.getLong(1), row.getBoolean(2));
    }
  }

  void set(Connection connection, Place place) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT setval(?::regclass, ?, ?)")) {
      statement.setString(1, name);
      statement.setLong(2, place.last());
      statement.setBoolean(3, place.called());
      statement.execute();
    }
  }

  /** The value of its columns that it comes to last; empty if they hold none. */
  Optional<BigInteger> extreme(Connection connection) throws SQLException {
    BigInteger extreme = null;
    for (Column column : columns) {
      if (column.holdsNumbers()) {
        Optional<BigInteger> value = extreme(connection, column);
        if (value.isPresent() && (extreme == null || isPast(value.get(), extreme))) {
          extreme = value.get();
        }
      }
    }
    return Optional.ofNullable(extreme);
  }

  boolean isPast(BigInteger value, BigInteger other) {
    return steps.rises() ? value.compareTo(other) > 0 : value.compareTo(other) < 0;
  }

  boolean isWithinBounds(BigInteger value) {
    return value.compareTo(BigInteger.valueOf(steps.min())) >= 0
        && value.compareTo(BigInteger.valueOf(steps.max())) <= 0;
  }

  private Optional<BigInteger> extreme(Connection connection, Column column) throws SQLException {
    String sql =
        "SELECT "
            + (steps.rises() ? "max(" : "min(")
            + column.name()
            + ")::numeric FROM "
            + column.table()
            + column.reachable();
    RoundingMode towards = steps.rises() ? RoundingMode.FLOOR : RoundingMode.CEILING;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return Optional.ofNullable(row.getBigDecimal(1))
          .map(value -> value.setScale(0, towards))
          .map(BigDecimal::toBigIntegerExact);
    }
  }
}
