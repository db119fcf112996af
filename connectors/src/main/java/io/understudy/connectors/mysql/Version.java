package io.understudy.connectors.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server's version, as it prints it: {@code 8.0.33}, {@code 11.4.5-MariaDB-log}. */
record Version(int major, int minor) {
  private static final Pattern BEGINNING = Pattern.compile("(\\d+)\\.(\\d+)\\D.*");

  static Version of(Connection connection) throws SQLException {
    return parse(Sql.value(connection, "SELECT version()"));
  }

  static Version parse(String text) {
    Matcher matcher = BEGINNING.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a server's version");
    }
    return new Version(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  boolean isAtLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
