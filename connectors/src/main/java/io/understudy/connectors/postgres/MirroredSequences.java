package io.understudy.connectors.postgres;

import io.understudy.connectors.TablePatterns;
import io.understudy.journal.TableName;
import io.understudy.journal.postgres.SequenceSteps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The sequences of a source. One belongs to the mirror if its own name matches as a table's would,
 * or if a column of a mirrored table draws from it: owns it, or mentions it in its default.
 */
final class MirroredSequences {
  private static final String SQL =
      """
      SELECT s.oid, n.nspname, s.relname, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle, q.seqcache,
             concat(n.nspname, '.', s.relname) ~ ? AND concat(n.nspname, '.', s.relname) !~ ?
             OR EXISTS (
               SELECT FROM (
                 SELECT d.refobjid AS tab FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = s.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
                 UNION
                 SELECT f.adrelid FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
                  WHERE d.classid = 'pg_attrdef'::regclass
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.oid) uses
                CROSS JOIN LATERAL (
                 SELECT uses.tab AS oid
                 UNION
                 SELECT p.relid FROM pg_partition_tree(uses.tab) p WHERE p.isleaf) leaves
                JOIN pg_class t ON t.oid = leaves.oid AND t.relkind = 'r'
                JOIN pg_namespace tn ON tn.oid = t.relnamespace
               WHERE concat(tn.nspname, '.', t.relname) ~ ?
                 AND concat(tn.nspname, '.', t.relname) !~ ?) AS mirrored,
             has_schema_privilege(n.oid, 'USAGE') AND has_sequence_privilege(s.oid, 'SELECT')
               AS readable,
             EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'relation' AND l.relation = s.oid
                        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        AND l.mode = 'AccessExclusiveLock') AS locked,
             s.relpersistence = 'u' AS unlogged
        FROM pg_class s
        JOIN pg_namespace n ON n.oid = s.relnamespace
        JOIN pg_sequence q ON q.seqrelid = s.oid
       WHERE s.relkind = 'S' AND s.relpersistence <> 't'
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', '%s') AND n.nspname !~ '^pg_'
       ORDER BY n.nspname, s.relname
      """
          .formatted(Catalog.OWN_SCHEMA);

  /**
   * @param mirrored whether it belongs to the mirror
   * @param readable whether our role may read it
   * @param locked whether somebody is changing it, or waits to, so that reading it might wait
   */
  record Found(
      long oid,
      TableName name,
      SequenceSteps steps,
      boolean mirrored,
      boolean readable,
      boolean locked,
      boolean unlogged) {}

  private final TablePatterns patterns;

  MirroredSequences(TablePatterns patterns) {
    this.patterns = patterns;
  }

  /** All but temporary ones, those outside the mirror included, in name order. */
  List<Found> find(Connection connection) throws SQLException {
    List<Found> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(SQL)) {
      statement.setString(1, patterns.includeExpression());
      statement.setString(2, patterns.excludeExpression());
      statement.setString(3, patterns.includeExpression());
      statement.setString(4, patterns.excludeExpression());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(found(row));
        }
      }
    }
    return found;
  }

  private static Found found(ResultSet row) throws SQLException {
    SequenceSteps steps =
        new SequenceSteps(
            row.getLong("seqincrement"),
            row.getLong("seqmin"),
            row.getLong("seqmax"),
            row.getBoolean("seqcycle"),
            row.getLong("seqcache"));
    boolean unlogged = row.getBoolean("unlogged");
    return new Found(
        row.getLong("oid"),
        new TableName(row.getString("nspname"), row.getString("relname")),
        steps,
        row.getBoolean("mirrored") && !unlogged,
        row.getBoolean("readable"),
        row.getBoolean("locked"),
        unlogged);
  }
}
