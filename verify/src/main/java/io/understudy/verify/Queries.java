package io.understudy.verify;

import io.understudy.journal.postgres.Quoting;
import io.understudy.journal.postgres.RowHash;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The queries about one side of a pair. {@code OFFSET 0} keeps the planner from computing a row's
 * text once for each time that it is used.
 */
final class Queries {
  private static final String SUMS =
      "count(*), coalesce(sum(h1), 0), coalesce(sum(h2), 0), coalesce(sum(bytes), 0)";

  private final Shape shape;
  private final List<String> key;
  private final String keyTuple;
  private final String keyTexts;
  private final String keyNames;
  private final String text;

  Queries(Pair pair, Shape shape) {
    this.shape = shape;
    this.key = pair.key();
    this.keyTuple = key.stream().map(Queries::column).collect(Collectors.joining(", "));
    this.keyTexts =
        IntStream.range(0, key.size())
            .mapToObj(i -> printed(key.get(i)) + " AS k" + i + ", ")
            .collect(Collectors.joining());
    this.keyNames =
        IntStream.range(0, key.size()).mapToObj(i -> "k" + i + ", ").collect(Collectors.joining());
    this.text = RowHash.text(pair.columns().stream().map(Queries::column).toList());
  }

  Shape shape() {
    return shape;
  }

  int keyColumns() {
    return key.size();
  }

  /** The key of the row after the next {@code ?}, behind a key if asked; it alone is read. */
  String boundary(boolean behind) {
    return "SELECT "
        + key.stream().map(Queries::printed).collect(Collectors.joining(", "))
        + " FROM "
        + shape.from()
        + " t"
        + (behind ? " WHERE (" + keyTuple + ") > " + keyParameters() : "")
        + " ORDER BY "
        + keyTuple
        + " OFFSET ? LIMIT 1";
  }

  /** Sums over a range of keys. */
  String digest(boolean from, boolean to) {
    return "SELECT " + SUMS + " FROM (" + hashes("", "", range(from, to)) + ") x";
  }

  /** Keys and hashes of the rows in a range of keys. */
  String rows(boolean from, boolean to) {
    return hashes(keyTexts, keyNames, range(from, to));
  }

  private String range(boolean from, boolean to) {
    return (from ? " WHERE (" + keyTuple + ") > " + keyParameters() : "")
        + (to ? (from ? " AND (" : " WHERE (") + keyTuple + ") <= " + keyParameters() : "");
  }

  /**
   * Sums over a range of blocks, by the last bits of the rows' hashes; the bits come first.
   *
   * @param mask as many ones as bits count
   */
  String buckets(long mask, String blocks) {
    return "SELECT h1 & "
        + mask
        + ", "
        + SUMS
        + " FROM ("
        + hashes("", "", blocks)
        + ") x GROUP BY 1";
  }

  /** Keys and hashes of the rows of some buckets, each as often as it is there. */
  String rowsOfBuckets(long mask, String blocks) {
    return "SELECT "
        + keyNames
        + "h1, h2, bytes FROM ("
        + hashes(keyTexts, keyNames, blocks)
        + ") x WHERE h1 & "
        + mask
        + " = ANY (?)";
  }

  /** The hashes of rows and their texts, cut after {@code most} characters, by first hashes. */
  String texts(int most, String blocks) {
    return "SELECT DISTINCT h1, h2, left(r, "
        + most
        + ") FROM ("
        + hashes("", "r, ", blocks)
        + ") x WHERE h1 = ANY (?)";
  }

  /** For rows with some keys: their keys, then a hash of each column. */
  String columns(List<String> columns, int keys) {
    return "SELECT "
        + keyTexts
        + columns.stream()
            .map(name -> RowHash.of(RowHash.text(List.of(column(name))), 1))
            .collect(Collectors.joining(", "))
        + " FROM "
        + shape.from()
        + " t WHERE ("
        + keyTuple
        + ") IN ("
        + String.join(", ", Collections.nCopies(keys, keyParameters()))
        + ")";
  }

  private String hashes(String inner, String outer, String condition) {
    return "SELECT "
        + outer
        + RowHash.of("r", 1)
        + " AS h1, "
        + RowHash.of("r", 2)
        + " AS h2, octet_length(r) AS bytes FROM (SELECT "
        + inner
        + text
        + " AS r FROM "
        + shape.from()
        + " t"
        + condition
        + " OFFSET 0) y OFFSET 0";
  }

  private String keyParameters() {
    return key.stream()
        .map(name -> "CAST(? AS " + shape.type(name) + ")")
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String column(String name) {
    return "t." + Quoting.name(name);
  }

  /** As its type prints it; a cast of char(n) to text would drop its blanks. */
  private static String printed(String name) {
    return "format('%s', " + column(name) + ")";
  }

  /** Sums from four columns. */
  static Digest digest(ResultSet row, int first) throws SQLException {
    return new Digest(
        row.getLong(first), low(row, first + 1), low(row, first + 2), row.getLong(first + 3));
  }

  /** The last 64 bits of a sum. */
  private static long low(ResultSet row, int column) throws SQLException {
    return row.getBigDecimal(column).toBigInteger().longValue();
  }
}
