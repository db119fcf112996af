package io.understudy.applier.postgres;

import io.understudy.journal.postgres.Quoting;
import io.understudy.journal.postgres.RowHash;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One table's rows as a verifier laid them out, and the statements that make the standby's those.
 * Each identity is told what became of its rows.
 *
 * @param identities the table of the identities to repair, each with its outcome
 * @param rows the table of the source's rows; without a key each once, with their hashes and count
 * @param number counts the sheets of a verification
 * @param target the table to repair, as statements that read it name it
 * @param identity the key's columns; empty if rows are identified by their hashes
 * @param hashed the columns that a row's hashes are of
 */
record Sheet(
    String identities,
    String rows,
    int number,
    String target,
    List<String> columns,
    List<String> identity,
    List<String> identityTypes,
    List<String> hashed) {

  /** In the connection's transaction. */
  void repair(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : identity.isEmpty() ? byHash() : byKey()) {
        statement.execute(sql);
      }
    }
  }

  private List<String> byKey() {
    String ofTable = matches("t");
    String ofRows = matches("r");
    String alike = text(columns, "t") + " = " + text(columns, "r");
    return List.of(
        "UPDATE "
            + identities
            + " i SET outcome = CASE WHEN NOT EXISTS (SELECT 1 FROM "
            + rows
            + " r WHERE "
            + ofRows
            + ") THEN CASE WHEN EXISTS (SELECT 1 FROM "
            + target
            + " t WHERE "
            + ofTable
            + ") THEN 'DELETED' ELSE 'ALIKE' END ELSE CASE (SELECT count(*) FROM "
            + target
            + " t WHERE "
            + ofTable
            + ") WHEN 0 THEN 'INSERTED' WHEN 1 THEN (SELECT CASE WHEN "
            + alike
            + " THEN 'ALIKE' ELSE 'REPLACED' END FROM "
            + target
            + " t, "
            + rows
            + " r WHERE "
            + ofTable
            + " AND "
            + ofRows
            + ") ELSE 'REPLACED' END END",
        "DELETE FROM "
            + target
            + " t USING "
            + identities
            + " i WHERE i.outcome IN ('DELETED', 'REPLACED') AND "
            + ofTable,
        insert()
            + " SELECT "
            + columns("r")
            + " FROM "
            + rows
            + " r WHERE EXISTS (SELECT 1 FROM "
            + identities
            + " i WHERE i.outcome IN ('INSERTED', 'REPLACED') AND "
            + ofRows
            + ")");
  }

  private List<String> byHash() {
    String found = "pg_temp." + Quoting.name("understudy found " + number);
    String wanted = "coalesce((SELECT r.\"understudy count\" FROM " + rows + " r WHERE %s), 0)";
    String had = "(SELECT count(*) FROM " + found + " f WHERE %s)";
    String identityIsFound = "f.h1 = i.identity[1]::bigint AND f.h2 = i.identity[2]::bigint";
    String identityIsWanted =
        "r.\"understudy 1\" = i.identity[1]::bigint AND r.\"understudy 2\" = i.identity[2]::bigint";
    String foundIsWanted = "r.\"understudy 1\" = f.h1 AND r.\"understudy 2\" = f.h2";
    return List.of(
        "CREATE TEMP TABLE "
            + found
            + " ON COMMIT DROP AS SELECT o, c, h1, h2,"
            + " row_number() OVER (PARTITION BY h1, h2 ORDER BY o, c) AS n FROM (SELECT o, c, "
            + RowHash.of("r", 1)
            + " AS h1, "
            + RowHash.of("r", 2)
            + " AS h2 FROM (SELECT t.tableoid AS o, t.ctid AS c, "
            + text(hashed, "t")
            + " AS r FROM "
            + target
            + " t OFFSET 0) texts OFFSET 0) hashes WHERE (h1, h2) IN (SELECT identity[1]::bigint,"
            + " identity[2]::bigint FROM "
            + identities
            + ")",
        "UPDATE "
            + identities
            + " i SET outcome = CASE sign("
            + had.formatted(identityIsFound)
            + " - "
            + wanted.formatted(identityIsWanted)
            + ") WHEN -1 THEN 'INSERTED' WHEN 1 THEN 'DELETED' ELSE 'ALIKE' END",
        "DELETE FROM "
            + target
            + " t USING "
            + found
            + " f WHERE t.ctid = f.c AND t.tableoid = f.o AND f.n > "
            + wanted.formatted(foundIsWanted),
        insert()
            + " SELECT "
            + columns("r")
            + " FROM "
            + rows
            + " r CROSS JOIN LATERAL generate_series(1, r.\"understudy count\" - "
            + had.formatted(foundIsWanted)
            + ")");
  }

  private String insert() {
    String table = target.replaceFirst("^ONLY ", "");
    return columns.isEmpty()
        ? "INSERT INTO " + table
        : "INSERT INTO " + table + " (" + Quoting.names(columns) + ") OVERRIDING SYSTEM VALUE";
  }

  private String columns(String alias) {
    return columns.stream()
        .map(column -> alias + "." + Quoting.name(column))
        .collect(Collectors.joining(", "));
  }

  private static String text(List<String> columns, String alias) {
    return RowHash.text(
        columns.stream().map(column -> alias + "." + Quoting.name(column)).toList());
  }

  private String matches(String alias) {
    return IntStream.range(0, identity.size())
        .mapToObj(
            k ->
                alias
                    + "."
                    + Quoting.name(identity.get(k))
                    + " = CAST(i.identity["
                    + (k + 1)
                    + "] AS "
                    + identityTypes.get(k)
                    + ")")
        .collect(Collectors.joining(" AND "));
  }
}
