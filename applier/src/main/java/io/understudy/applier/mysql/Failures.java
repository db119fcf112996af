package io.understudy.applier.mysql;

import io.understudy.applier.Operation;
import io.understudy.applier.Refusals;
import io.understudy.applier.Targets;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.mysql.Distrust;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a {@link MirrorException} of what the server or its driver reports: the one place that
 * reads SQL states and error numbers. The server's own words may hold row values, so they are
 * passed on only for errors that cannot: those about values and constraints are told by number and
 * names alone.
 */
final class Failures {
  private static final int DUPLICATE = 1062;
  private static final int READ_ONLY = 1290;

  /** What the driver prints before the server's words. */
  private static final Pattern PREFIX = Pattern.compile("^\\(conn=\\d+\\) ");

  /** Greedy: what stands before may be a value. */
  private static final Pattern COLUMN =
      Pattern.compile("(?s).*[cC]olumn [`'](.*)[`'](?: at row \\d+| cannot be null)\\.?$");

  private static final Pattern KEY = Pattern.compile("(?s).* for key '([^']*)'$");
  private static final Pattern FOREIGN_KEY =
      Pattern.compile("(?s).*\\(`(.*?)`\\.`(.*?)`, CONSTRAINT `(.*?)` FOREIGN KEY.*");

  private final DatabaseName database;
  private final String user;
  private final Product product;
  private final Refusals refusals;

  Failures(DatabaseName database, String user, Product product) {
    this.database = database;
    this.user = user;
    this.product = product;
    this.refusals = new Refusals(database);
  }

  /** What a change of a row met. */
  MirrorException of(Operation operation, Relation relation, SQLException e) {
    SQLException first = informative(e);
    if (first.getErrorCode() == DUPLICATE) {
      return refusals.rowThere(operation, relation, keyName(first));
    }
    return of(Refusals.describe(operation, relation), first);
  }

  /**
   * @param operation what was being done, to follow "database X: "
   */
  MirrorException of(String operation, SQLException e) {
    SQLException first = informative(e);
    String what = database + ": " + operation + ": ";
    Optional<String> distrust = Distrust.remedy(e);
    if (distrust.isPresent()) {
      return operator(what, first, distrust.get());
    }
    return switch (first.getErrorCode()) {
      case READ_ONLY -> readOnly(what, first);
      case 1045, 1698 -> operator(what, first, "correct user and password of " + database);
      // For a user that it does not have, MySQL draws the way to log in by lot.
      case 1251, 2059 ->
          operator(
              what + "logging in as '" + user + "': ",
              first,
              "correct user and password of " + database);
      case 1044, 1142, 1143, 1227, 1095, 1370, 1419 ->
          operator(what, first, "GRANT user '" + user + "' that right");
      case 1049 -> operator(what, first, "create the database, or correct the URL of " + database);
      case 1146 -> operator(what, first, Targets.TABLE_GONE);
      case 1054, 1072, 1051 -> operator(what, first, "make the standby's table that of the source");
      case 1665 ->
          operator(what, first, "on the standby: " + product.set() + "binlog_format = 'ROW'");
      case 1153, 1301 -> tooLarge(what);
      case DUPLICATE -> constraint(what, first, ", key " + keyName(first));
      case 1451, 1452, 1216, 1217 -> foreignKey(what, first);
      case 3819, 4025 -> constraint(what, first, "");
      case 1048, 1264, 1265, 1292, 1364, 1366, 1367, 1406, 1411, 1525, 3140, 3141, 3144, 3156 ->
          value(what, first);
      default -> byState(what, first);
    };
  }

  private MirrorException byState(String what, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (isTransient(e, state)) {
      return new MirrorException.Transient(what + words(e), e);
    }
    if (words(e).contains("max_allowed_packet")) {
      return tooLarge(what);
    }
    if (state.startsWith("28")) {
      return operator(what, e, "correct user and password of " + database);
    }
    return new MirrorException.Invariant(
        what + "the server refused it (error " + e.getErrorCode() + ", SQL state " + state + ")",
        "see the server's log; report this if it does not tell");
  }

  /** No connection, or what another attempt may get over: locks, time, space, a starting server. */
  private static boolean isTransient(SQLException e, String state) {
    return switch (e.getErrorCode()) {
      case 1021, 1037, 1038, 1040, 1041, 1053, 1077, 1078, 1079, 1080, 1114, 1129, 1135 -> true;
      case 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1203, 1205, 1206, 1213, 1226, 1317 -> true;
      case 1412, 1614, 1637, 1927, 1969, 3024, 3032, 3168, 4031 -> true;
      default ->
          state.isEmpty()
              || state.startsWith("08")
              || state.startsWith("40")
              || e instanceof SQLTimeoutException
              || e.getCause() instanceof IOException;
    };
  }

  private MirrorException readOnly(String what, SQLException e) {
    if (words(e).contains("super")) {
      return operator(
          what,
          e,
          "super_read_only holds the applier off, too; read_only alone holds off everybody else: "
              + "SET PERSIST super_read_only = OFF");
    }
    return operator(
        what, e, "GRANT " + product.writeAnyway() + " ON *.* TO the user '" + user + "'");
  }

  private MirrorException tooLarge(String what) {
    return new MirrorException.Operator(
        what + "a row is larger than the server's max_allowed_packet",
        "on the standby: " + product.set() + "max_allowed_packet = 1073741824");
  }

  private MirrorException value(String what, SQLException e) {
    Matcher column = COLUMN.matcher(words(e));
    return new MirrorException.Operator(
        what
            + "the standby does not take a value"
            + (column.matches() ? " of column " + column.group(1) : "")
            + " (error "
            + e.getErrorCode()
            + ")",
        "compare the column's type on both sides, make them equal, and start again");
  }

  private static MirrorException constraint(String what, SQLException e, String which) {
    return new MirrorException.Operator(
        what + "a constraint of the standby objects" + which + " (error " + e.getErrorCode() + ")",
        "drop the constraint on the standby, or make it what it is on the source");
  }

  private static MirrorException foreignKey(String what, SQLException e) {
    Matcher key = FOREIGN_KEY.matcher(words(e));
    return new MirrorException.Operator(
        what
            + "a foreign key of the standby objects"
            + (key.matches()
                ? ": " + key.group(3) + " of table " + key.group(1) + "." + key.group(2)
                : "")
            + " (error "
            + e.getErrorCode()
            + ")",
        "make the foreign key what it is on the source; if it is, the source's rows break it, as"
            + " they may where somebody wrote with foreign_key_checks = 0: drop it on both sides");
  }

  private static MirrorException operator(String what, SQLException e, String remedy) {
    return new MirrorException.Operator(what + words(e), remedy, e);
  }

  private static String keyName(SQLException e) {
    Matcher key = KEY.matcher(words(e));
    return key.matches() ? key.group(1) : "unknown";
  }

  /** Whether this is an answer of the server, and not of the driver that got none. */
  static boolean isServersWord(SQLException e) {
    SQLException first = informative(e);
    return first.getErrorCode() >= 1000
        && first.getErrorCode() < 5000
        && !(first.getCause() instanceof IOException);
  }

  /** Pools and batches wrap what the server said. */
  private static SQLException informative(SQLException e) {
    SQLException current = e;
    while (current.getCause() instanceof SQLException inner
        && (current instanceof BatchUpdateException || current.getErrorCode() == 0)) {
      current = inner;
    }
    return current;
  }

  private static String words(SQLException e) {
    return PREFIX.matcher(String.valueOf(e.getMessage())).replaceFirst("");
  }
}
