package io.understudy.journal.postgres;

import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether rows can be copied in PostgreSQL's binary format and stay the same to the bit: between
 * servers of one version and one encoding, and for types of which it holds nothing but the value.
 *
 * <p>Left out, and so copied as text: types that are not the server's own, since their numbers
 * differ between databases; {@code regclass} and the like, which are such numbers; {@code xml},
 * whose binary form tells an encoding that the text has not.
 */
public final class BinaryRows {
  private static final Set<String> TYPES =
      Set.of(
          "boolean",
          "smallint",
          "integer",
          "bigint",
          "real",
          "double precision",
          "numeric",
          "money",
          "text",
          "character varying",
          "character",
          "bpchar",
          "\"char\"",
          "name",
          "bytea",
          "date",
          "time without time zone",
          "time with time zone",
          "timestamp without time zone",
          "timestamp with time zone",
          "interval",
          "uuid",
          "json",
          "jsonb",
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "bit",
          "bit varying",
          "oid");

  /** What a type's name holds besides: {@code (10,2)}, the fields of an interval, and brackets. */
  private static final Pattern MODIFIER = Pattern.compile(" ?\\([^)]*\\)|(\\[])+$");

  private static final Pattern FIELDS = Pattern.compile("^interval .*");

  private BinaryRows() {}

  /**
   * What servers must agree upon for rows to travel so.
   *
   * @return empty if the table has a column of another type
   */
  public static Optional<String> form(Connection connection, Relation table) throws SQLException {
    if (table.columns().isEmpty()
        || !table.columns().stream().map(Column::type).allMatch(BinaryRows::isPlain)) {
      return Optional.empty();
    }
    String sql = "SELECT current_setting('server_version_num')::int / 10000, getdatabaseencoding()";
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return Optional.of("PostgreSQL " + row.getInt(1) + " " + row.getString(2));
    }
  }

  static boolean isPlain(String type) {
    String bare = MODIFIER.matcher(type).replaceAll("");
    return TYPES.contains(FIELDS.matcher(bare).replaceAll("interval"));
  }
}
