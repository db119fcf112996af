package io.understudy.connectors.mysql;

import io.understudy.connectors.Obstacle;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Finds what stands in the way on the server as a whole; {@link TablePreflight} at the tables. */
final class Preflight {
  private static final String VARIABLES =
      """
      SHOW GLOBAL VARIABLES WHERE variable_name IN
        ('log_bin', 'binlog_format', 'binlog_row_image', 'binlog_row_value_options', 'server_id',
         'binlog_transaction_compression', 'log_bin_compress', 'read_only',
         'log_slave_updates', 'log_replica_updates')""";
  private static final String OPTION_FILE =
      " in the server's option file, section [mysqld], and restart the server";

  private final Address address;
  private final Product product;
  private final ServerLog serverLog;
  private final TablePatterns patterns;
  private final List<Obstacle> obstacles = new ArrayList<>();

  Preflight(Address address, ServerLog serverLog, TablePatterns patterns) {
    this.address = address;
    this.product = address.product();
    this.serverLog = serverLog;
    this.patterns = patterns;
  }

  List<Obstacle> obstacles(Connection connection) throws SQLException {
    obstacles.clear();
    Version version = Version.of(connection);
    if (product.isTooOld(version.major(), version.minor())) {
      add(
          address.toString(),
          "is older than " + product.oldest(),
          "its log has not all that a mirror needs",
          "upgrade the server");
      return List.copyOf(obstacles);
    }
    Map<String, String> variables = variables(connection);
    Grants grants = Grants.of(connection);
    log(variables);
    privileges(connection, grants);
    if (isOn(variables, "log_bin") && grants.global(product.seeLog())) {
      filters(connection);
    }
    replica(connection, version, variables, grants);
    tables(connection, grants);
    return List.copyOf(obstacles);
  }

  private static Map<String, String> variables(Connection connection) throws SQLException {
    Map<String, String> variables = new HashMap<>();
    for (Map<String, String> row : Sql.rows(connection, VARIABLES)) {
      variables.put(row.get("variable_name").toLowerCase(Locale.ROOT), row.get("value"));
    }
    return variables;
  }

  private static boolean isOn(Map<String, String> variables, String name) {
    return Set.of("ON", "1").contains(variables.getOrDefault(name, "OFF"));
  }

  private void log(Map<String, String> variables) {
    if (!isOn(variables, "log_bin")) {
      add(
          "log_bin",
          "is off",
          "the server writes no log to read",
          "set log_bin and a server_id" + OPTION_FILE);
    }
    if (variables.get("server_id").equals("0")) {
      add(
          "server_id",
          "is 0",
          "the server hands its log to nobody",
          product.set() + "server_id = 1, or another number that no other server has");
    }
    requireValue(variables, "binlog_format", "ROW", "the log has statements in place of rows");
    requireValue(variables, "binlog_row_image", "FULL", "the log has rows in part");
    requireValue(variables, "binlog_row_value_options", "", "the log has values in part");
    requireValue(
        variables, "binlog_transaction_compression", "OFF", "a compressed log is not read");
    requireValue(variables, "log_bin_compress", "OFF", "a compressed log is not read");
    if (isOn(variables, "read_only")) {
      add(
          address.toString(),
          "is read-only, as a standby or a replica is",
          "nobody could write to the source",
          "name the server that is written to as the source, or SET GLOBAL read_only = OFF");
    }
  }

  private void requireValue(
      Map<String, String> variables, String name, String value, String otherwise) {
    String found = variables.getOrDefault(name, value);
    if (!found.equalsIgnoreCase(value)) {
      add(
          name,
          "is '" + found + "'",
          otherwise,
          product.set()
              + name
              + " = '"
              + value
              + "'; then let clients connect anew"
              + (product == Product.MARIADB ? ", and set it in the option file, too" : ""));
    }
  }

  private void privileges(Connection connection, Grants grants) throws SQLException {
    List<String> missing = new ArrayList<>();
    for (String privilege : List.of("REPLICATION SLAVE", product.seeLog(), "RELOAD")) {
      boolean needed = !privilege.equals("RELOAD") || product.locksForSnapshot();
      if (needed && !grants.global(privilege)) {
        missing.add(privilege);
      }
    }
    String user = account(connection);
    if (!missing.isEmpty()) {
      String list = String.join(", ", missing);
      add(
          "user " + address.user(),
          "lacks " + list + " on the server",
          "it may not read the log, or not hold it still for the copy",
          "GRANT " + list + " ON *.* TO " + user);
    }
    List<String> own = List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP");
    if (!own.stream().allMatch(privilege -> grants.on(Catalog.OWN, privilege))) {
      add(
          "database " + Catalog.OWN,
          "cannot be used by user " + address.user(),
          "it holds Understudy's own tables",
          "GRANT " + String.join(", ", own) + " ON " + Catalog.OWN + ".* TO " + user);
    }
  }

  /** As GRANT takes it. */
  static String account(Connection connection) throws SQLException {
    String account = Sql.value(connection, "SELECT current_user()");
    int at = account.lastIndexOf('@');
    return quoted(account.substring(0, at)) + "@" + quoted(account.substring(at + 1));
  }

  private static String quoted(String part) {
    return "'" + part.replace("'", "''") + "'";
  }

  private void filters(Connection connection) throws SQLException {
    Map<String, String> status = serverLog.status(connection);
    for (String filter : List.of("binlog_do_db", "binlog_ignore_db")) {
      String value = status.get(filter);
      if (value != null && !value.isEmpty()) {
        add(
            filter,
            "is '" + value + "'",
            "databases are left out of the log",
            "remove " + filter + OPTION_FILE.replace(" in the", " from the"));
      }
    }
  }

  /** What a replica takes over from another server is in its own log only if it is told to. */
  private void replica(
      Connection connection, Version version, Map<String, String> variables, Grants grants)
      throws SQLException {
    boolean logsAll =
        isOn(variables, "log_replica_updates") || isOn(variables, "log_slave_updates");
    if (!logsAll && grants.global(product.seeLog()) && isReplica(connection, version)) {
      add(
          "log_slave_updates",
          "is off, and the server is a replica",
          "what it takes over is not in its log",
          "set log_slave_updates = ON" + OPTION_FILE + ", or name its master as the source");
    }
  }

  private boolean isReplica(Connection connection, Version version) throws SQLException {
    if (product == Product.MARIADB) {
      return !Sql.value(connection, "SELECT @@global.gtid_slave_pos").isEmpty()
          || Sql.rows(connection, "SHOW GLOBAL STATUS LIKE 'Slaves_running'").stream()
              .anyMatch(row -> !row.get("value").equals("0"));
    }
    return version.isAtLeast(8, 1) && !Sql.rows(connection, "SHOW REPLICA STATUS").isEmpty();
  }

  private void tables(Connection connection, Grants grants) throws SQLException {
    List<Relation> tables = Catalog.tables(connection, patterns);
    if (tables.isEmpty()) {
      add(
          "tables",
          "none that user "
              + address.user()
              + " can see on "
              + address
              + " matches the include patterns",
          "there would be nothing to mirror",
          "correct 'tables' in the configuration, where a table is DATABASE.TABLE, or GRANT SELECT"
              + " on the tables to "
              + account(connection));
    }
    obstacles.addAll(new TablePreflight(patterns).obstacles(connection, grants, tables));
  }

  private void add(String object, String problem, String why, String remedy) {
    obstacles.add(new Obstacle(object, problem, why, remedy));
  }
}
