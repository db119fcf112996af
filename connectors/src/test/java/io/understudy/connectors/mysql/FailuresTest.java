package io.understudy.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private final Failures failures =
      new Failures(
          Address.of(
              new DatabaseSettings(
                  new DatabaseName("north"), "jdbc:mysql://h/d", "me", "pw", Map.of())));

  private MirrorException fatal(String words) {
    return failures.of("reading", new IOException(new SQLException(words, "HY000", 1236)));
  }

  @Test
  void aServerIdThatIsTakenIsTriedAgainWithAnother() {
    assertThat(fatal("A slave with the same server_uuid/server_id as this slave has connected"))
        .isInstanceOf(MirrorException.Transient.class)
        .hasMessageContaining("server_id of its own");
  }

  @Test
  void aLogThatIsGoneOrAnotherNeedsAnOperator() {
    for (String words :
        new String[] {
          "Could not find first log file name in binary log index file",
          "Client requested master to start replication from position > file size",
          "bogus data in log event; the first event 'binlog.000001' at 4",
          "Binary log is not open"
        }) {
      assertThat(fatal(words)).isInstanceOf(MirrorException.Operator.class);
    }
    assertThat(fatal("Could not find first log file name").getMessage()).contains("north");
  }

  @Test
  void whatANetworkDoesPasses() {
    for (Exception e :
        new Exception[] {
          new EOFException("hung up"),
          new SocketTimeoutException("read"),
          new UnknownHostException("nowhere"),
          new SQLException("refused", "08000"),
          new SQLException("lock wait", "HY000", 1205)
        }) {
      assertThat(failures.of("reading", e)).isInstanceOf(MirrorException.Transient.class);
    }
  }

  @Test
  void aWrongPasswordDoesNot() {
    assertThat(failures.of("connecting", new SQLException("denied", "28000", 1045)))
        .isInstanceOf(MirrorException.Operator.class);
  }
}
