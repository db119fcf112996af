package io.understudy.app.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one snapshot of a database shows of pgbench's balances and of the {@link Ledger}; the rules
 * that hold after every commit of the source, and so in every snapshot of a standby.
 */
record Counts(
    long accounts,
    long tellers,
    long branches,
    long deltas,
    long historyRows,
    long turn,
    long rows,
    long highest,
    long steps,
    long announced,
    long lines) {
  private static final String SQL =
      """
      SELECT (SELECT coalesce(sum(abalance), 0) FROM pgbench_accounts),
             (SELECT coalesce(sum(tbalance), 0) FROM pgbench_tellers),
             (SELECT coalesce(sum(bbalance), 0) FROM pgbench_branches),
             h.deltas, h.row_count,
             (SELECT number FROM ledger_turn),
             l.row_count, l.highest,
             (SELECT sum(steps) FROM ledger_client),
             l.announced,
             (SELECT count(*) FROM ledger_line)
        FROM (SELECT coalesce(sum(delta), 0) AS deltas, count(*) AS row_count FROM pgbench_history) h,
             (SELECT count(*) AS row_count, coalesce(max(number), 0) AS highest,
                     coalesce(sum(announced), 0) AS announced FROM ledger) l""";

  /** One snapshot; the statement has it to itself. */
  static Counts read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SQL)) {
      row.next();
      return new Counts(
          row.getLong(1),
          row.getLong(2),
          row.getLong(3),
          row.getLong(4),
          row.getLong(5),
          row.getLong(6),
          row.getLong(7),
          row.getLong(8),
          row.getLong(9),
          row.getLong(10),
          row.getLong(11));
    }
  }

  /** The rules that this snapshot breaks. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    if (accounts != deltas || tellers != deltas || branches != deltas) {
      broken.add(
          "balances of accounts %d, tellers %d, branches %d, but %d rows of history sum up to %d"
              .formatted(accounts, tellers, branches, historyRows, deltas));
    }
    if (rows != highest || rows != turn) {
      broken.add(
          "ledger is no prefix: %d rows, highest number %d, turn %d"
              .formatted(rows, highest, turn));
    }
    if (steps != rows) {
      broken.add("clients counted %d transactions, the ledger has %d rows".formatted(steps, rows));
    }
    if (lines != announced) {
      broken.add("ledger announces %d lines, there are %d".formatted(announced, lines));
    }
    return broken;
  }

  /** In what this snapshot went back behind an earlier one; a mirror never does. */
  Optional<String> wentBackFrom(Counts earlier) {
    return rows < earlier.rows || historyRows < earlier.historyRows
        ? Optional.of(
            "ledger went from %d to %d rows, history from %d to %d"
                .formatted(earlier.rows, rows, earlier.historyRows, historyRows))
        : Optional.empty();
  }
}
