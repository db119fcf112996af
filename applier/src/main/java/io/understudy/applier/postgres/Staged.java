package io.understudy.applier.postgres;

import io.understudy.applier.Operation;
import io.understudy.applier.RowChange;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Brings a run of updates or deletes over by one statement: its rows are copied into a {@link
 * Stage} and joined with the table, by the key, or without one by the exact text of all values.
 * Large values go this way too, since a copy never holds one twice. The statement must touch as
 * many rows as the run has; whatever keeps it from that is a collision, and the changes are then
 * run one by one.
 */
final class Staged {
  /** From so many rows on, staging them is faster than a statement each. */
  private static final int LEAST_ROWS = 128;

  /** Without a key and an index, each statement reads the whole table; one search costs a few. */
  private static final int LEAST_ROWS_TO_SEARCH = 4;

  /** The server has no statistics of staged rows and takes them for few. */
  private static final int MANY_ROWS = 100;

  private static final int[] NONE = {};

  private final Stage stage;

  Staged(Connection connection) {
    this.stage = new Stage(connection);
  }

  /** The transaction is over. */
  void forget() {
    stage.forget();
  }

  static boolean takes(Target target, List<RowChange> rows) {
    boolean keyed = target.relation().hasKey();
    if (!Stage.fits(target) || (keyed && !target.unambiguous())) {
      return false;
    }
    int least = keyed || target.findsByIndex() ? LEAST_ROWS : LEAST_ROWS_TO_SEARCH;
    return rows.size() >= least || rows.stream().anyMatch(Large::is);
  }

  /**
   * Runs updates that leave the same columns alone, or deletes; returns how many of them found no
   * row.
   */
  int run(Target target, List<RowChange> rows) throws SQLException, CollisionException {
    try {
      return target.relation().hasKey()
          ? runKeyed(target, withoutOverwritten(target, rows))
          : runWithoutKey(target, rows);
    } catch (SQLException e) {
      if (rows.size() > 1) {
        CollisionException.checkValues(e);
      }
      throw e;
    }
  }

  /** Of several updates of one row that keeps its key, the last tells all. */
  private static Collection<RowChange> withoutOverwritten(Target target, List<RowChange> rows) {
    RowChange first = rows.get(0);
    if (first.operation() != Operation.UPDATE || first.movesKey()) {
      return rows;
    }
    Map<List<Value>, RowChange> last = new LinkedHashMap<>();
    for (RowChange row : rows) {
      last.put(IntStream.of(target.identifying()).mapToObj(row.identity()::get).toList(), row);
    }
    return last.values();
  }

  private int runKeyed(Target target, Collection<RowChange> rows) throws SQLException {
    RowChange first = rows.iterator().next();
    boolean update = first.operation() == Operation.UPDATE;
    Stage.Table table = stage.of(target);
    long before;
    try (Stage.Rows copy = table.rows(update ? target.given(first.unchanged()).toArray() : NONE)) {
      before = copy.next();
      for (RowChange row : rows) {
        copy.keyed(copy.next(), row);
      }
      copy.end();
    }
    StagedSql sql = new StagedSql(target, table, before);
    return rows.size() - stage.execute(update ? sql.update(first.unchanged()) : sql.delete());
  }

  private int runWithoutKey(Target target, List<RowChange> rows) throws SQLException {
    RowChange first = rows.get(0);
    boolean update = first.operation() == Operation.UPDATE;
    Map<Row, List<RowChange>> equal = new LinkedHashMap<>();
    for (RowChange row : rows) {
      equal.computeIfAbsent(row.identity(), identity -> new ArrayList<>()).add(row);
    }
    Stage.Table table = stage.of(target);
    long before;
    try (Stage.Rows copy =
        table.rows(IntStream.range(0, target.relation().columns().size()).toArray())) {
      before = copy.next();
      for (List<RowChange> changes : equal.values()) {
        long number = copy.next();
        copy.former(number, changes.size(), changes.get(0));
        for (int i = 0; update && i < changes.size(); i++) {
          copy.next(number, i + 1L, changes.get(i));
        }
      }
      copy.end();
    }
    StagedSql sql = new StagedSql(target, table, before);
    String search = update ? sql.searchingUpdate(first.unchanged()) : sql.searchingDelete();
    return rows.size() - (rows.size() > MANY_ROWS ? withoutLoops(search) : stage.execute(search));
  }

  /** Reads each table once, instead of the staged rows anew for each row found. */
  private int withoutLoops(String sql) throws SQLException {
    stage.execute("SET LOCAL enable_nestloop = off");
    int count = stage.execute(sql);
    stage.execute("SET LOCAL enable_nestloop TO DEFAULT");
    return count;
  }
}
