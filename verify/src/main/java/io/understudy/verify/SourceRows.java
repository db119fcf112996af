package io.understudy.verify;

import io.understudy.journal.TableName;
import io.understudy.journal.postgres.Printing;
import io.understudy.journal.postgres.Quoting;
import io.understudy.journal.postgres.RowHash;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyInputStream;

/** What the source has of rows that differed, for putting them right. */
public final class SourceRows {
  private SourceRows() {}

  /**
   * The rows as lines of {@code COPY}, the columns in the order of {@link TableResult#written()}.
   * For a table without a key each different row once, behind its two hashes and how many there
   * are.
   *
   * @param connection in a snapshot; busy until the stream is at its end
   * @param identities of {@link RowDifference#identity()}
   */
  public static InputStream open(
      Connection connection, TableResult table, List<List<String>> identities) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(Printing.SETTINGS + "; SET row_security = off");
    }
    TableName name = table.table();
    Catalog.Found found = Catalog.find(connection, List.of(name)).get(name);
    if (found == null) {
      throw new SQLException("table " + name + " is gone");
    }
    String rows =
        table.key().isEmpty()
            ? byHash(found.shape(), table, identities)
            : byKey(found.shape(), table, identities);
    return new PGCopyInputStream(
        connection.unwrap(PGConnection.class), "COPY (" + rows + ") TO STDOUT (ENCODING 'UTF8')");
  }

  private static String byKey(Shape shape, TableResult table, List<List<String>> identities) {
    String keys =
        identities.stream()
            .map(
                identity ->
                    IntStream.range(0, identity.size())
                        .mapToObj(
                            i ->
                                "CAST("
                                    + Quoting.literal(identity.get(i))
                                    + " AS "
                                    + shape.type(table.key().get(i))
                                    + ")")
                        .collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(", "));
    return "SELECT "
        + columns(table.written())
        + " FROM "
        + shape.from()
        + " t WHERE ("
        + columns(table.key())
        + ") IN ("
        + keys
        + ")";
  }

  private static String byHash(Shape shape, TableResult table, List<List<String>> identities) {
    String hashes =
        identities.stream()
            .map(identity -> "(" + String.join(", ", identity) + ")")
            .collect(Collectors.joining(", "));
    String columns =
        table.written().stream()
            .map(name -> ", " + Quoting.name(name))
            .collect(Collectors.joining());
    String text = RowHash.text(table.compared().stream().map(SourceRows::column).toList());
    // No column of a table has these names.
    String first = "\"understudy 1\"";
    String second = "\"understudy 2\"";
    String whole = "\"understudy row\"";
    String count = "\"understudy count\"";
    String number = "\"understudy number\"";
    String both = first + ", " + second;
    return "SELECT "
        + both
        + ", "
        + count
        + columns
        + " FROM (SELECT "
        + both
        + ", count(*) OVER w AS "
        + count
        + ", row_number() OVER w AS "
        + number
        + columns
        + " FROM (SELECT "
        + RowHash.of(whole, 1)
        + " AS "
        + first
        + ", "
        + RowHash.of(whole, 2)
        + " AS "
        + second
        + columns
        + " FROM (SELECT t.*, "
        + text
        + " AS "
        + whole
        + " FROM "
        + shape.from()
        + " t OFFSET 0) x OFFSET 0) y WHERE ("
        + both
        + ") IN ("
        + hashes
        + ") WINDOW w AS (PARTITION BY "
        + both
        + ")) z WHERE "
        + number
        + " = 1";
  }

  private static String columns(List<String> names) {
    return names.stream().map(SourceRows::column).collect(Collectors.joining(", "));
  }

  private static String column(String name) {
    return "t." + Quoting.name(name);
  }
}
