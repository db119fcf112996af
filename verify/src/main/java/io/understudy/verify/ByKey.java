package io.understudy.verify;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Compares a table in ranges of its key: one sum over each range from each side, and where they
 * differ, row by row. A range is as many rows as take a moment.
 */
final class ByKey implements Comparison {
  private static final long CHUNK_BYTES = 16 * 1024 * 1024;
  private static final long MOST_ROWS = 50_000;
  private static final long LEAST_ROWS = 10;

  private final Pair pair;
  private final Queries source;
  private final Queries standby;
  private final ChangedColumns columns;
  private final VerifyLimits limits;
  private final Random random;
  private final long rowsPerRange;
  private String[] from;
  private boolean planned;

  private Digest compared = Digest.NONE;
  private final List<RowDifference> differences = new ArrayList<>();
  private boolean complete = true;

  ByKey(Pair pair, VerifyLimits limits, Random random) {
    this.pair = pair;
    this.source = new Queries(pair, pair.source());
    this.standby = new Queries(pair, pair.standby());
    this.columns = new ChangedColumns(pair, source, standby, limits);
    this.limits = limits;
    this.random = random;
    this.rowsPerRange =
        Math.max(LEAST_ROWS, Math.min(MOST_ROWS, CHUNK_BYTES / pair.source().bytesPerRow()));
  }

  @Override
  public Part next(Scan planning) throws SQLException, RewrittenException, InterruptedException {
    while (!planned) {
      String[] begin = from;
      String[] end = boundary(planning, begin);
      from = end;
      planned = end == null;
      if (random.nextDouble() * 100 < limits.sample()) {
        return lane -> compare(lane, begin, end);
      }
    }
    return null;
  }

  private String[] boundary(Scan planning, String[] behind)
      throws SQLException, RewrittenException, InterruptedException {
    List<Object> values = new ArrayList<>();
    if (behind != null) {
      values.addAll(List.of(behind));
    }
    values.add(rowsPerRange - 1);
    return planning.query(
        pair.source(),
        source.boundary(behind != null),
        values.toArray(),
        rows ->
            rows.next() ? KeyedRows.key(rows, source.keyColumns()).toArray(String[]::new) : null);
  }

  private void compare(Lane lane, String[] begin, String[] end)
      throws SQLException, RewrittenException, InterruptedException {
    Object[] values = range(begin, end);
    boolean behind = begin != null;
    boolean upTo = end != null;
    Lane.Both<Digest> sums =
        lane.both(
            scan -> digest(scan, source, source.digest(behind, upTo), values),
            scan -> digest(scan, standby, standby.digest(behind, upTo), values));
    List<RowDifference> found =
        sums.source().equals(sums.standby()) ? List.of() : narrow(lane, behind, upTo, values);
    synchronized (this) {
      compared = compared.plus(sums.source());
      for (RowDifference difference : found) {
        if (differences.size() < limits.maxRows()) {
          differences.add(difference);
        } else {
          complete = false;
        }
      }
    }
  }

  private static Object[] range(String[] begin, String[] end) {
    List<Object> values = new ArrayList<>();
    if (begin != null) {
      values.addAll(List.of(begin));
    }
    if (end != null) {
      values.addAll(List.of(end));
    }
    return values.toArray();
  }

  private static Digest digest(Scan scan, Queries queries, String sql, Object[] values)
      throws SQLException, RewrittenException, InterruptedException {
    return scan.query(
        queries.shape(),
        sql,
        values,
        row -> {
          row.next();
          return Queries.digest(row, 1);
        });
  }

  private List<RowDifference> narrow(Lane lane, boolean behind, boolean upTo, Object[] values)
      throws SQLException, RewrittenException, InterruptedException {
    Lane.Both<KeyedRows> rows =
        lane.both(
            scan -> KeyedRows.read(scan, source, source.rows(behind, upTo), values),
            scan -> KeyedRows.read(scan, standby, standby.rows(behind, upTo), values));
    return columns.name(lane, rows.source().differences(pair.key(), rows.standby()));
  }

  @Override
  public void finish(Lane lane) {}

  @Override
  public synchronized Digest compared() {
    return compared;
  }

  @Override
  public synchronized double share() {
    long rows = Math.max(1, pair.source().bytes() / pair.source().bytesPerRow());
    return Math.min(1, (double) compared.rows() / rows);
  }

  @Override
  public synchronized List<RowDifference> differences() {
    return List.copyOf(differences);
  }

  @Override
  public synchronized boolean complete() {
    return complete;
  }
}
