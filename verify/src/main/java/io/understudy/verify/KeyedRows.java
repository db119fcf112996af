package io.understudy.verify;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Some of one side's rows: by their keys, and with the hashes of each. */
record KeyedRows(Map<List<String>, List<Hash>> rows) {

  /** A row's two hashes. */
  record Hash(long first, long second) {}

  /** From the columns of a key, followed by two hashes. */
  static KeyedRows read(Scan scan, Queries queries, String sql, Object[] values)
      throws SQLException, RewrittenException, InterruptedException {
    return scan.query(
        queries.shape(),
        sql,
        values,
        rows -> {
          KeyedRows read = new KeyedRows(new LinkedHashMap<>());
          int keys = queries.keyColumns();
          while (rows.next()) {
            read.add(key(rows, keys), new Hash(rows.getLong(keys + 1), rows.getLong(keys + 2)));
          }
          return read;
        });
  }

  /** The first columns of a row. */
  static List<String> key(ResultSet row, int columns) throws SQLException {
    List<String> key = new ArrayList<>(columns);
    for (int i = 1; i <= columns; i++) {
      key.add(row.getString(i));
    }
    return key;
  }

  void add(List<String> key, Hash hash) {
    rows.computeIfAbsent(key, none -> new ArrayList<>(1)).add(hash);
  }

  /** In what way {@code standby} is not the same. */
  List<RowDifference> differences(List<String> names, KeyedRows standby) {
    Set<List<String>> keys = new LinkedHashSet<>(rows.keySet());
    keys.addAll(standby.rows.keySet());
    List<RowDifference> differences = new ArrayList<>();
    for (List<String> key : keys) {
      List<Hash> here = rows.getOrDefault(key, List.of());
      List<Hash> there = standby.rows.getOrDefault(key, List.of());
      if (!here.equals(there)) {
        Map<String, String> named = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
          named.put(names.get(i), key.get(i));
        }
        differences.add(
            new RowDifference(
                kind(here.size(), there.size()),
                key,
                named,
                List.of(),
                "",
                here.size(),
                there.size()));
      }
    }
    return differences;
  }

  static RowDifference.Kind kind(long onSource, long onStandby) {
    if (onSource > onStandby) {
      return RowDifference.Kind.MISSING;
    }
    return onSource < onStandby ? RowDifference.Kind.EXTRA : RowDifference.Kind.DIFFERENT;
  }
}
