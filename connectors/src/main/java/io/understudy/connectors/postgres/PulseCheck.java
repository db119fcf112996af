package io.understudy.connectors.postgres;

import io.understudy.connectors.Pulse;
import io.understudy.journal.postgres.Distrust;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.postgresql.util.PSQLState;

/** Asks a server whether it lives, in a session of its own and with time-outs everywhere. */
final class PulseCheck {
  private final Address address;
  private final Names names;

  PulseCheck(Address address, Names names) {
    this.address = address;
    this.names = names;
  }

  Pulse ask(Duration limit) {
    String seconds = Long.toString(Math.max(1, limit.plusMillis(999).toSeconds()));
    Properties session = address.session(names.controlSession());
    session.setProperty(PGProperty.CONNECT_TIMEOUT.getName(), seconds);
    session.setProperty(PGProperty.LOGIN_TIMEOUT.getName(), seconds);
    session.setProperty(PGProperty.SOCKET_TIMEOUT.getName(), seconds);
    session.setProperty(PGProperty.CANCEL_SIGNAL_TIMEOUT.getName(), seconds);
    try (Connection connection = address.connect(session);
        PreparedStatement statement = connection.prepareStatement("SELECT clock_timestamp()");
        ResultSet row = statement.executeQuery()) {
      row.next();
      Instant clock = row.getObject(1, OffsetDateTime.class).toInstant();
      return new Pulse(Pulse.Kind.ANSWERED, Optional.of(clock), "answers");
    } catch (SQLException e) {
      return failed(e);
    }
  }

  private static Pulse failed(SQLException failure) {
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    if (state.startsWith("57P")) {
      return dead(Pulse.Kind.NOT_READY, "not ready (SQLSTATE " + state + ")");
    }
    boolean none = state.isEmpty() || state.startsWith("08");
    if (!none || Distrust.remedy(failure).isPresent()) {
      // Too many clients, a wrong password or certificate: whoever says so lives.
      return new Pulse(
          Pulse.Kind.ANSWERED,
          Optional.empty(),
          "answers" + (state.isEmpty() ? "" : " with SQLSTATE " + state));
    }
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof SocketTimeoutException) {
        return dead(Pulse.Kind.TIMED_OUT, "no answer");
      }
    }
    // What the driver throws when its login time is over.
    boolean late =
        state.equals(PSQLState.CONNECTION_UNABLE_TO_CONNECT.getState())
            && failure.getMessage().contains("timed out");
    return late ? dead(Pulse.Kind.TIMED_OUT, "no answer") : dead(Pulse.Kind.REFUSED, "refused");
  }

  private static Pulse dead(Pulse.Kind kind, String detail) {
    return new Pulse(kind, Optional.empty(), detail);
  }
}
