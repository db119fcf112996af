package io.understudy.verify;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds out in which columns rows with the same key differ. */
final class ChangedColumns {
  /** How many rows' columns are asked for at a time. */
  private static final int ROWS_AT_ONCE = 100;

  private final Pair pair;
  private final Queries source;
  private final Queries standby;
  private final VerifyLimits limits;

  ChangedColumns(Pair pair, Queries source, Queries standby, VerifyLimits limits) {
    this.pair = pair;
    this.source = source;
    this.standby = standby;
    this.limits = limits;
  }

  /** Says of rows that are on both sides which columns differ. */
  List<RowDifference> name(Lane lane, List<RowDifference> found)
      throws SQLException, RewrittenException, InterruptedException {
    List<RowDifference> all = new ArrayList<>();
    List<RowDifference> changed = new ArrayList<>();
    for (RowDifference difference : found) {
      (difference.kind() == RowDifference.Kind.DIFFERENT ? changed : all).add(difference);
    }
    int most = Math.min(changed.size(), limits.maxRows());
    for (int i = 0; i < most; i += ROWS_AT_ONCE) {
      all.addAll(columns(lane, changed.subList(i, Math.min(most, i + ROWS_AT_ONCE))));
    }
    all.addAll(changed.subList(most, changed.size()));
    return all;
  }

  private List<RowDifference> columns(Lane lane, List<RowDifference> rows)
      throws SQLException, RewrittenException, InterruptedException {
    Object[] values = rows.stream().flatMap(row -> row.identity().stream()).toArray();
    Lane.Both<Map<List<String>, List<String>>> hashes =
        lane.both(
            scan -> columns(scan, source, rows.size(), values),
            scan -> columns(scan, standby, rows.size(), values));
    List<RowDifference> named = new ArrayList<>();
    for (RowDifference row : rows) {
      List<String> here = hashes.source().get(row.identity());
      List<String> there = hashes.standby().get(row.identity());
      List<String> different = new ArrayList<>();
      for (int i = 0; here != null && there != null && i < here.size(); i++) {
        if (!here.get(i).equals(there.get(i))) {
          different.add(pair.columns().get(i));
        }
      }
      named.add(
          new RowDifference(
              row.kind(),
              row.identity(),
              row.key(),
              different,
              "",
              row.onSource(),
              row.onStandby()));
    }
    return named;
  }

  private Map<List<String>, List<String>> columns(
      Scan scan, Queries queries, int keys, Object[] values)
      throws SQLException, RewrittenException, InterruptedException {
    return scan.query(
        queries.shape(),
        queries.columns(pair.columns(), keys),
        values,
        rows -> {
          Map<List<String>, List<String>> hashes = new LinkedHashMap<>();
          while (rows.next()) {
            List<String> ofColumns = new ArrayList<>();
            for (int i = 0; i < pair.columns().size(); i++) {
              ofColumns.add(rows.getString(queries.keyColumns() + i + 1));
            }
            hashes.put(KeyedRows.key(rows, queries.keyColumns()), ofColumns);
          }
          return hashes;
        });
  }
}
