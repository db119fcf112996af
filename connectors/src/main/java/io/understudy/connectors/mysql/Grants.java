package io.understudy.connectors.mysql;

import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the connection's user may do, as {@code SHOW GRANTS} prints it, with the roles that are on.
 */
final class Grants {
  private static final Pattern GRANT =
      Pattern.compile(
          "GRANT (.*) ON (?:(\\*)|`((?:[^`]|``)*)`)\\.(?:(\\*)|`((?:[^`]|``)*)`) TO .*");

  /**
   * @param schema a pattern of LIKE; null for all
   * @param table null for all
   */
  private record Grant(List<String> privileges, String schema, String table) {
    boolean covers(TableName name) {
      return (schema == null || like(schema, name.schema()))
          && (table == null || table.equals(name.table()));
    }

    boolean gives(String privilege) {
      return privileges.contains("ALL PRIVILEGES") || privileges.contains(privilege);
    }
  }

  private final List<Grant> grants = new ArrayList<>();

  static Grants of(Connection connection) throws SQLException {
    Grants grants = new Grants();
    for (Map<String, String> row : Sql.rows(connection, "SHOW GRANTS")) {
      grants.add(row.values().iterator().next());
    }
    return grants;
  }

  private void add(String line) {
    Matcher matcher = GRANT.matcher(line);
    if (matcher.matches()) {
      grants.add(
          new Grant(
              List.of(matcher.group(1).toUpperCase(Locale.ROOT).split(", ?", -1)),
              unquoted(matcher.group(3)),
              unquoted(matcher.group(5))));
    }
  }

  private static String unquoted(String name) {
    return name == null ? null : name.replace("``", "`");
  }

  /** Whether the user may do something on the whole server. */
  boolean global(String privilege) {
    return grants.stream().anyMatch(grant -> grant.schema() == null && grant.gives(privilege));
  }

  boolean on(TableName table, String privilege) {
    return grants.stream().anyMatch(grant -> grant.covers(table) && grant.gives(privilege));
  }

  boolean on(String schema, String privilege) {
    return grants.stream()
        .anyMatch(
            grant ->
                grant.table() == null
                    && (grant.schema() == null || like(grant.schema(), schema))
                    && grant.gives(privilege));
  }

  private static boolean like(String pattern, String name) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
      } else if (c == '%') {
        regex.append(".*");
      } else if (c == '_') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(name).matches();
  }
}
