package io.understudy.connectors.postgres;

import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.Distrust;
import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Says what a failure of the server, the driver or Debezium means: the one place that knows SQL
 * states.
 */
final class Failures {
  private final Address address;

  Failures(Address address) {
    this.address = address;
  }

  /** Never logs, never throws; the result is for throwing. */
  MirrorException of(String operation, Throwable failure) {
    if (isOutOfMemory(failure)) {
      return operator(
          operation + " on " + address + " takes more memory than this process has",
          "give it more, for example UNDERSTUDY_OPTS=-Xmx2g, or take reader: native, which needs less",
          failure);
    }
    String state = state(failure);
    String what = operation + " on " + address + " failed: " + message(failure);
    Optional<String> distrust = Distrust.remedy(failure);
    if (distrust.isPresent()) {
      return operator(what, distrust.get(), failure);
    }
    if (state == null) {
      return isAway(failure)
          ? new MirrorException.Transient(what, failure)
          : operator(what, "see the server's log; if it does not tell, report this", failure);
    }
    return switch (state) {
      case "28P01", "28000" ->
          operator(
              what,
              "check user and password of " + address + " and the server's pg_hba.conf",
              failure);
      case "3D000" -> operator(what, "check the database's name in the URL", failure);
      case "42501" -> operator(what, "grant it to user " + address.user(), failure);
      case "53400" ->
          operator(
              what,
              "raise max_replication_slots on the source and restart it, or drop a slot that"
                  + " nobody needs",
              failure);
      case "25006" -> operator(what, "name a database that can be written as source", failure);
      case "42704" ->
          operator(
              what,
              "what init made on the source is gone; make the mirror anew: understudy init --again",
              failure);
      // A slot taken or dropped by somebody: the next attempt to open it says by whom or that.
      case "55006", "55000" -> new MirrorException.Transient(what, failure);
      default ->
          isPassing(state)
              ? new MirrorException.Transient(what, failure)
              : operator(
                  what, "see the server's log for details (SQLSTATE " + state + ")", failure);
    };
  }

  /** Connection, transaction roll-back, resources, operator's intervention, system error. */
  private static boolean isPassing(String state) {
    String group = state.substring(0, 2);
    return switch (group) {
      case "08", "40", "53", "57", "58" -> true;
      default -> state.equals("55P03");
    };
  }

  /** Without a state: the driver's and the pool's time-outs, and broken sockets. */
  private static boolean isAway(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException || cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOutOfMemory(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
    }
    return false;
  }

  private static MirrorException operator(String what, String remedy, Throwable cause) {
    return new MirrorException.Operator(what, remedy, cause);
  }

  /** The server's own word is the innermost; what wraps it often has a state of its own. */
  private static String state(Throwable failure) {
    String state = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        state = sql.getSQLState();
      }
    }
    return state;
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException && cause.getMessage() != null) {
        message = cause.getMessage();
      }
      if (cause instanceof UnknownHostException) {
        message = "the host name " + cause.getMessage() + " is not known";
      }
    }
    return message;
  }
}
