package io.understudy.connectors.mysql;

import io.understudy.journal.MirrorException;
import io.understudy.journal.mysql.Distrust;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Says what a failure of the server, the driver or the log's client means: the one place that knows
 * error numbers.
 */
final class Failures {
  static final String AGAIN = "make the mirror anew: understudy init --again";

  private static final int FATAL_IN_LOG = 1236;

  /** What the driver prints before the server's words. */
  private static final Pattern PREFIX = Pattern.compile("^\\(conn=\\d+\\) ");

  private final Address address;

  Failures(Address address) {
    this.address = address;
  }

  /** Never logs, never throws; the result is for throwing. */
  MirrorException of(String operation, Throwable failure) {
    SQLException word = word(failure);
    String what = operation + " on " + address + " failed: " + message(failure, word);
    Optional<String> distrust = Distrust.remedy(failure);
    if (distrust.isPresent()) {
      return operator(what, distrust.get(), failure);
    }
    if (word == null || word.getErrorCode() == 0) {
      return new MirrorException.Transient(what, failure);
    }
    return switch (word.getErrorCode()) {
      case FATAL_IN_LOG -> inLog(what, message(failure, word), failure);
      case 1045, 1698, 1251, 2059 ->
          operator(what, "check user and password of " + address, failure);
      case 1044, 1142, 1143, 1227, 1370 ->
          operator(
              what,
              "grant it to user " + address.user() + "; understudy init names all that is needed",
              failure);
      case 1049 -> operator(what, "correct the database's name in the URL", failure);
      case 1146 -> operator(what, "if it is one of database understudy, " + AGAIN, failure);
      case 1290, 1792, 1836 ->
          operator(what, "name a database that can be written as source", failure);
      case 1381 ->
          operator(
              what,
              "set log_bin and server_id in the server's option file and restart it, then " + AGAIN,
              failure);
      case 1373, 1220 -> operator(what, AGAIN, failure);
      case 1412 ->
          operator(
              what,
              "a table was altered while it was copied: begin again, understudy init",
              failure);
      default ->
          isPassing(word)
              ? new MirrorException.Transient(what, failure)
              : operator(
                  what,
                  "see the server's log for details (error " + word.getErrorCode() + ")",
                  failure);
    };
  }

  /** One number for all that can go wrong when the server reads its log. */
  private static MirrorException inLog(String what, String words, Throwable failure) {
    if (words.contains("same server_uuid/server_id")) {
      return new MirrorException.Transient(
          what
              + ": another reader has the same server_id; the next attempt takes another one,"
              + " and if this comes back, give every replica a server_id of its own",
          failure);
    }
    if (words.contains("Could not find first log file")
        || words.contains("Could not find next log")
        || words.contains("purged")) {
      return operator(
          what,
          "the source removed log that the journal lacks: let it keep more,"
              + " binlog_expire_logs_seconds, and "
              + AGAIN,
          failure);
    }
    if (words.contains("not open")) {
      return operator(
          what, "set log_bin in the server's option file and restart it, then " + AGAIN, failure);
    }
    // Also told so: a length that is none, where the journal's place is none of this log. A server
    // sends what it could write, whatever its max_allowed_packet.
    return operator(
        what,
        "the source's log is not the one that the journal was made from, or is damaged: see the"
            + " server's log; if it cannot be mended, "
            + AGAIN,
        failure);
  }

  /** No connection, or what another attempt may get over: locks, time, a server that starts. */
  private static boolean isPassing(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return switch (e.getErrorCode()) {
      case 1021, 1037, 1038, 1040, 1041, 1053, 1077, 1078, 1079, 1080, 1129, 1135, 1152 -> true;
      case 1158, 1159, 1160, 1161, 1184, 1203, 1205, 1206, 1213, 1226, 1317, 1927, 1969 -> true;
      case 1223, 3024, 3032, 3168, 4031 -> true;
      default ->
          state.startsWith("08") || state.startsWith("40") || e instanceof SQLTimeoutException;
    };
  }

  private static MirrorException operator(String what, String remedy, Throwable cause) {
    return new MirrorException.Operator(what, remedy, cause);
  }

  /** The server's own word is the innermost that has a number; pools and drivers wrap it. */
  private static SQLException word(Throwable failure) {
    SQLException word = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && (word == null || sql.getErrorCode() != 0)) {
        word = sql;
      }
    }
    return word;
  }

  private static String message(Throwable failure, SQLException word) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return "the host name " + cause.getMessage() + " is not known";
      }
    }
    Throwable telling = word == null ? failure : word;
    return PREFIX.matcher(String.valueOf(telling.getMessage())).replaceFirst("");
  }
}
