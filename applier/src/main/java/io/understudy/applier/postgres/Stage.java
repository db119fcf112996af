package io.understudy.applier.postgres;

import io.understudy.applier.RowChange;
import io.understudy.journal.Relation;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.copy.CopyIn;

/**
 * Temporary tables beside those of the standby, into which changes are copied so that one statement
 * can bring them over. One per table, kept as long as the session and emptied by each commit, so
 * that the catalog does not grow. Its columns: a number, a place, the key's columns if there is a
 * key, and all others once more under their own names.
 */
final class Stage {
  private static final int MAX_COLUMNS = 1_600;
  private static final int MAX_TABLES = 200;
  private static final long MANY_ROWS = 50_000;

  private final Connection connection;
  private final Map<Target, Table> tables = new LinkedHashMap<>(16, 0.75f, true);
  private long made;

  Stage(Connection connection) {
    this.connection = connection;
  }

  /** The transaction, and with it every row here, is gone. */
  void forget() {
    tables.values().forEach(table -> table.last = 0);
  }

  static boolean fits(Target target) {
    int columns = target.relation().columns().size();
    return columns + (target.relation().hasKey() ? target.identifying().length : 0) + 2
        <= MAX_COLUMNS;
  }

  /** Makes the table if need be, and room in it. */
  Table of(Target target) throws SQLException {
    Table table = tables.get(target);
    if (table == null) {
      forgetEldest();
      table = new Table(target, ++made);
      tables.put(target, table);
    }
    execute(table.create()); // it may have been made in a transaction that was undone
    if (table.last > MANY_ROWS) {
      execute("TRUNCATE " + table.name);
      table.last = 0;
    }
    return table;
  }

  private void forgetEldest() throws SQLException {
    if (tables.size() >= MAX_TABLES) {
      Target eldest = tables.keySet().iterator().next();
      execute("DROP TABLE IF EXISTS " + tables.remove(eldest).name);
    }
  }

  /** Runs a statement that is planned anew each time; returns how many rows it touched. */
  int execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
      return statement.executeUpdate(sql);
    }
  }

  /** The staged changes of one table. */
  final class Table {
    final String name;
    final String number;
    final String place;
    private final Target target;
    private final int[] keys;

    /** The highest number that was given out in this transaction. */
    private long last;

    Table(Target target, long id) {
      this.target = target;
      this.name = "pg_temp.\"understudy stage " + id + "\"";
      this.number = unused(target.relation(), "number");
      this.place = unused(target.relation(), "place");
      this.keys = target.relation().hasKey() ? target.identifying() : new int[0];
    }

    /** A name that no column of the relation has. */
    private static String unused(Relation relation, String name) {
      String candidate = name;
      while (has(relation, candidate)) {
        candidate += "_";
      }
      return Quoting.name(candidate);
    }

    private static boolean has(Relation relation, String name) {
      return relation.columns().stream().anyMatch(column -> column.name().equals(name));
    }

    String key(int column) {
      return unused(target.relation(), "key " + column);
    }

    private String create() {
      return "CREATE TEMP TABLE IF NOT EXISTS "
          + name
          + " ("
          + number
          + " bigint, "
          + place
          + " bigint"
          + IntStream.of(keys)
              .mapToObj(i -> ", " + key(i) + " " + target.storage(i))
              .collect(Collectors.joining())
          + IntStream.range(0, target.relation().columns().size())
              .mapToObj(i -> ", " + target.name(i) + " " + target.storage(i))
              .collect(Collectors.joining())
          + ") ON COMMIT DELETE ROWS";
    }

    /**
     * Begins to copy rows in, each with the number, the place, the key if there is one, and the
     * {@code columns}.
     */
    Rows rows(int[] columns) throws SQLException {
      String names =
          IntStream.of(columns).mapToObj(i -> ", " + target.name(i)).collect(Collectors.joining());
      String keyNames =
          IntStream.of(keys).mapToObj(i -> ", " + key(i)).collect(Collectors.joining());
      return new Rows(
          this,
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn(
                  "COPY "
                      + name
                      + " ("
                      + number
                      + ", "
                      + place
                      + keyNames
                      + names
                      + ") FROM STDIN (ENCODING 'UTF8')"),
          columns);
    }
  }

  /** A copy that is under way. */
  static final class Rows implements AutoCloseable {
    private final Table table;
    private final CopyIn copy;
    private final CopyLines lines;
    private final int[] columns;

    private Rows(Table table, CopyIn copy, int[] columns) {
      this.table = table;
      this.copy = copy;
      this.lines = new CopyLines(copy);
      this.columns = columns;
    }

    /** The number that the next rows have. */
    long next() {
      return ++table.last;
    }

    /** A change of a row with a key: the former key, and the new values if there are any. */
    void keyed(long number, RowChange change) throws SQLException {
      lines.number(number).number(0).values(table.keys, change.identity());
      lines.values(columns, change.values()).end();
    }

    /** A row to be found, {@code times} over. */
    void former(long number, long times, RowChange change) throws SQLException {
      lines.number(number).number(-times).values(columns, change.identity()).end();
    }

    /** What takes the place of one of the rows found; what is unchanged is left out. */
    void next(long number, long place, RowChange change) throws SQLException {
      lines.number(number).number(place);
      BitSet unchanged = change.unchanged();
      for (int column : columns) {
        if (unchanged.get(column)) {
          lines.nulls(1);
        } else {
          lines.values(new int[] {column}, change.values());
        }
      }
      lines.end();
    }

    void end() throws SQLException {
      lines.flush();
      copy.endCopy();
    }

    @Override
    public void close() throws SQLException {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }
}
