package io.understudy.applier.postgres;

import io.understudy.applier.Targets;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.Distrust;
import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Makes a {@link MirrorException} of what PostgreSQL or its driver reports: the one place that
 * reads SQL states. The server's own words may hold row values, so they are passed on only for
 * errors that cannot: those about values and constraints are told by state and names alone.
 */
final class Failures {
  static final String UNIQUE_VIOLATION = "23505";
  static final String EXCLUSION_VIOLATION = "23P01";

  private static final Pattern PARAMETER = Pattern.compile("parameter \\$(\\d+)");
  private static final Pattern COPIED =
      Pattern.compile("^COPY .*, line \\d+, column ([^:]*)", Pattern.MULTILINE);

  private final DatabaseName database;
  private final String user;

  Failures(DatabaseName database, String user) {
    this.database = database;
    this.user = user;
  }

  /**
   * @param operation what was being done, to follow "database X: "
   */
  MirrorException of(String operation, SQLException e) {
    return of(operation, e, parameter -> "");
  }

  /**
   * @param columns names the column that a parameter of the statement, counted from 0, is for
   */
  MirrorException of(String operation, SQLException e, IntFunction<String> columns) {
    SQLException first = informative(e);
    String state = first.getSQLState() == null ? "" : first.getSQLState();
    String what = database + ": " + operation + ": ";
    Optional<String> distrust = Distrust.remedy(e);
    if (distrust.isPresent()) {
      return new MirrorException.Operator(what + words(first), distrust.get(), first);
    }
    if (isTransient(first, state)) {
      return new MirrorException.Transient(what + words(first), first);
    }
    return switch (state) {
      case "42501" ->
          new MirrorException.Operator(
              what + words(first),
              "give role \"" + user + "\" that right, or let it own the object",
              first);
      case "42P01" -> new MirrorException.Operator(what + words(first), Targets.TABLE_GONE, first);
      case "25006" ->
          new MirrorException.Operator(
              what + "the server is itself a read-only replica",
              "name its primary in the URL of " + database,
              first);
      case "22021", "22P05" ->
          new MirrorException.Operator(
              what + "a value has a character that the database's encoding lacks",
              "make the standby a database with encoding UTF8");
      default -> byClass(state, what, first, columns);
    };
  }

  private MirrorException byClass(
      String state, String what, SQLException e, IntFunction<String> columns) {
    String stateClass = state.length() < 2 ? "" : state.substring(0, 2);
    return switch (stateClass) {
      case "28" ->
          new MirrorException.Operator(
              what + words(e),
              "correct user and password of " + database + ", or the server's pg_hba.conf",
              e);
      case "3D" ->
          new MirrorException.Operator(
              what + words(e), "create the database, or correct the URL of " + database, e);
      case "42", "3F", "0A", "54" ->
          new MirrorException.Operator(
              what + words(e), "make the standby's schema that of the source", e);
      case "22" ->
          new MirrorException.Operator(
              what
                  + "the standby does not take a value"
                  + column(e, columns)
                  + " (SQL state "
                  + state
                  + ")",
              "compare the column's type on both sides, make them equal, and start again");
      case "23" ->
          new MirrorException.Operator(
              what
                  + "a constraint of the standby objects"
                  + where(e)
                  + " (SQL state "
                  + state
                  + ")",
              "drop the constraint on the standby, or make it what it is on the source");
      default ->
          new MirrorException.Invariant(
              what + "the server refused it (SQL state " + state + ")",
              "see the server's log; report this if it does not tell");
    };
  }

  /** The state of the first exception that has something to say. */
  static String state(SQLException e) {
    String state = informative(e).getSQLState();
    return state == null ? "" : state;
  }

  static Optional<ServerErrorMessage> server(SQLException e) {
    return informative(e) instanceof PSQLException p
        ? Optional.ofNullable(p.getServerErrorMessage())
        : Optional.empty();
  }

  /** Pools and batches wrap what the server said. */
  private static SQLException informative(SQLException e) {
    SQLException current = e;
    while (true) {
      SQLException inner =
          current instanceof BatchUpdateException && current.getNextException() != null
              ? current.getNextException()
              : current.getCause() instanceof SQLException cause ? cause : null;
      if (inner == null || inner == current) {
        return current;
      }
      current = inner;
    }
  }

  private static boolean isTransient(SQLException e, String state) {
    if (state.length() < 2) {
      return true; // the driver or the pool, not the server: no connection
    }
    return switch (state.substring(0, 2)) {
      case "08", "40", "53", "57", "58" -> true;
      default ->
          state.equals("55P03") // lock_timeout
              || state.equals("55006")
              || state.equals("25P03")
              || e.getCause() instanceof IOException;
    };
  }

  /** What the server says of a statement that names no values of ours. */
  static String spoken(SQLException e) {
    SQLException first = informative(e);
    String detail = server(first).map(ServerErrorMessage::getDetail).orElse(null);
    return words(first) + (detail == null ? "" : " (" + detail + ")");
  }

  private static String words(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return "the host name " + cause.getMessage() + " is not known";
      }
    }
    return server(e).map(ServerErrorMessage::getMessage).orElse(String.valueOf(e.getMessage()));
  }

  /** The server tells which parameter, or in a COPY which column, it could not read. */
  private static String column(SQLException e, IntFunction<String> columns) {
    String context = server(e).map(ServerErrorMessage::getWhere).orElse("");
    Matcher parameter = PARAMETER.matcher(context);
    if (parameter.find()) {
      return " of column " + columns.apply(Integer.parseInt(parameter.group(1)) - 1);
    }
    Matcher copied = COPIED.matcher(context);
    return copied.find() ? " of column " + copied.group(1) : where(e);
  }

  private static String where(SQLException e) {
    return server(e)
        .map(
            message ->
                named(" in table ", message.getTable())
                    + named(", column ", message.getColumn())
                    + named(", constraint ", message.getConstraint()))
        .orElse("");
  }

  private static String named(String what, String name) {
    return name == null ? "" : what + name;
  }
}
