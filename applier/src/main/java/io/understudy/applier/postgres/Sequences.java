package io.understudy.applier.postgres;

import io.understudy.journal.TableName;
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
 * Moves sequences past every value of the columns that draw from them: the columns that own them
 * and those whose default mentions them. The log of the source does not tell where its sequences
 * stand. A sequence never goes back, and keeps to the steps of its increment.
 */
final class Sequences {
  private static final String USES =
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
      SELECT s.oid, sn.nspname, s.relname, q.seqincrement, q.seqmin, q.seqmax,
             tn.nspname, t.relname, t.relkind = 'p' OR t.relhassubclass, a.attname,
             CASE ty.typtype WHEN 'd' THEN ty.typbasetype ELSE ty.oid END::regtype::text
        FROM uses u
        JOIN pg_class s ON s.oid = u.sequence AND s.relkind = 'S'
        JOIN pg_sequence q ON q.seqrelid = s.oid
        JOIN pg_namespace sn ON sn.oid = s.relnamespace
        JOIN pg_class t ON t.oid = u.tab AND t.relkind IN ('r', 'p')
        JOIN pg_namespace tn ON tn.oid = t.relnamespace
        JOIN pg_attribute a ON a.attrelid = u.tab AND a.attnum = u.col AND NOT a.attisdropped
        JOIN pg_type ty ON ty.oid = a.atttypid
       WHERE sn.nspname <> 'understudy'
       ORDER BY sn.nspname, s.relname, tn.nspname, t.relname, a.attname""";

  private record Sequence(
      String name, BigInteger increment, BigInteger min, BigInteger max, List<Column> columns) {
    boolean rises() {
      return increment.signum() > 0;
    }

    boolean isPast(BigInteger value, BigInteger extreme) {
      return rises() ? value.compareTo(extreme) > 0 : value.compareTo(extreme) < 0;
    }
  }

  /** A column that draws from a sequence; the table as a FROM clause names it. */
  private record Column(String table, String name, String type) {
    boolean holdsNumbers() {
      return Set.of("smallint", "integer", "bigint", "numeric").contains(type);
    }

    /** Beyond 64 bits, and not a number, is out of any sequence's reach. */
    String reachable() {
      return type.equals("numeric") ? " WHERE abs(" + name + ") < 1e19" : "";
    }
  }

  private Sequences() {}

  /** Returns a line on each sequence that was moved or could not be judged. */
  static List<String> raise(Connection connection) throws SQLException {
    List<String> done = new ArrayList<>();
    for (Sequence sequence : sequences(connection)) {
      for (Column column : sequence.columns()) {
        if (!column.holdsNumbers()) {
          done.add(
              "sequence "
                  + sequence.name()
                  + " was not compared with column "
                  + column.name()
                  + " of "
                  + column.table()
                  + ", which is of type "
                  + column.type());
        }
      }
      raise(connection, sequence).ifPresent(done::add);
    }
    return done;
  }

  /** The sequences, as SQL spells them, that {@link #raise} would not be allowed to move. */
  static List<String> withoutRights(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT NOT (has_sequence_privilege(?, 'UPDATE') AND has_sequence_privilege(?, 'SELECT'))")) {
      for (Sequence sequence : sequences(connection)) {
        statement.setString(1, sequence.name());
        statement.setString(2, sequence.name());
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          if (row.getBoolean(1)) {
            names.add(sequence.name());
          }
        }
      }
    }
    return names;
  }

  private static Optional<String> raise(Connection connection, Sequence sequence)
      throws SQLException {
    BigInteger extreme = null;
    for (Column column : sequence.columns()) {
      if (column.holdsNumbers()) {
        Optional<BigInteger> value = extreme(connection, column, sequence.rises());
        if (value.isPresent() && (extreme == null || sequence.isPast(value.get(), extreme))) {
          extreme = value.get();
        }
      }
    }
    BigInteger next = next(connection, sequence);
    if (extreme == null || sequence.isPast(next, extreme)) {
      return Optional.empty();
    }
    BigInteger raised = stepPast(extreme, next, sequence.increment());
    if (raised.compareTo(sequence.max()) <= 0 && raised.compareTo(sequence.min()) >= 0) {
      set(connection, sequence.name(), raised, false);
      return Optional.of("sequence " + sequence.name() + " goes on with " + raised);
    }
    // used up, it refuses the next value as it would on the source
    BigInteger bound = sequence.rises() ? sequence.max() : sequence.min();
    set(connection, sequence.name(), bound, true);
    return Optional.of("sequence " + sequence.name() + " is used up at its bound " + bound);
  }

  /** The first value from {@code next} on, in steps of {@code increment}, past {@code extreme}. */
  static BigInteger stepPast(BigInteger extreme, BigInteger next, BigInteger increment) {
    BigInteger steps = extreme.subtract(next).divide(increment).add(BigInteger.ONE);
    return next.add(steps.multiply(increment));
  }

  private static Optional<BigInteger> extreme(Connection connection, Column column, boolean highest)
      throws SQLException {
    String sql =
        "SELECT "
            + (highest ? "max(" : "min(")
            + column.name()
            + ")::numeric FROM "
            + column.table()
            + column.reachable();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return Optional.ofNullable(row.getBigDecimal(1))
          .map(value -> value.setScale(0, highest ? RoundingMode.FLOOR : RoundingMode.CEILING))
          .map(BigDecimal::toBigIntegerExact);
    }
  }

  private static BigInteger next(Connection connection, Sequence sequence) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT last_value, is_called FROM " + sequence.name())) {
      row.next();
      BigInteger last = BigInteger.valueOf(row.getLong(1));
      return row.getBoolean(2) ? last.add(sequence.increment()) : last;
    }
  }

  private static void set(Connection connection, String name, BigInteger value, boolean called)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT setval(?::regclass, ?, ?)")) {
      statement.setString(1, name);
      statement.setLong(2, value.longValueExact());
      statement.setBoolean(3, called);
      statement.execute();
    }
  }

  private static List<Sequence> sequences(Connection connection) throws SQLException {
    Map<Long, Sequence> sequences = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(USES)) {
      while (row.next()) {
        Sequence sequence = sequences.get(row.getLong(1));
        if (sequence == null) {
          sequence =
              new Sequence(
                  Sql.name(new TableName(row.getString(2), row.getString(3))),
                  BigInteger.valueOf(row.getLong(4)),
                  BigInteger.valueOf(row.getLong(5)),
                  BigInteger.valueOf(row.getLong(6)),
                  new ArrayList<>());
          sequences.put(row.getLong(1), sequence);
        }
        String table = Sql.name(new TableName(row.getString(7), row.getString(8)));
        sequence
            .columns()
            .add(
                new Column(
                    row.getBoolean(9) ? table : "ONLY " + table,
                    Sql.name(row.getString(10)),
                    row.getString(11)));
      }
    }
    return List.copyOf(sequences.values());
  }
}
