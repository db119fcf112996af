package io.understudy.app.schema;

import io.understudy.journal.MirrorException;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** To which table of the source an index or a constraint belongs. */
final class TableParts {
  /**
   * But for those of which an expression, or a condition, may ask for rows of other tables: those
   * are made when all rows are there.
   */
  private static final String SQL =
      """
      SELECT part.catalog::oid || ' ' || part.number, n.nspname, c.relname
        FROM (SELECT 'pg_class'::regclass AS catalog, indexrelid AS number, indexrelid AS index
                FROM pg_index
              UNION ALL
              SELECT 'pg_constraint'::regclass, oid, conindid
                FROM pg_constraint WHERE contype IN ('p', 'u', 'x')) part
        JOIN pg_index i ON i.indexrelid = part.index
                       AND i.indexprs IS NULL AND i.indpred IS NULL
        JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
      """;

  private TableParts() {}

  /** By the numbers of a catalog and of the object in it, as an archive's list has them. */
  static Map<String, TableName> of(Login source) {
    Map<String, TableName> tables = new HashMap<>();
    try (Connection connection = source.connect();
        PreparedStatement statement = connection.prepareStatement(SQL);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        tables.put(row.getString(1), new TableName(row.getString(2), row.getString(3)));
      }
      return tables;
    } catch (SQLException e) {
      throw new MirrorException.Transient("asking for the indexes of " + source, e);
    }
  }
}
