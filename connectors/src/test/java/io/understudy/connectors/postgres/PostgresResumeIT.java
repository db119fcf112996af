package io.understudy.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.LogEvent;
import io.understudy.connectors.SourceLog;
import io.understudy.journal.Change;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The log begins exactly behind the journal's tail, wherever the slot stands. */
@ParameterizedClass
@EnumSource(names = {"STREAM", "BITES", "DEBEZIUM"})
class PostgresResumeIT {
  @Parameter Reading reading;

  private static final String DDL = "CREATE TABLE t (v text PRIMARY KEY)";

  @Test
  void nothingThatTheJournalHoldsIsHandedOutAgain() throws Exception {
    try (PostgresServer server = PostgresServer.start(PostgresSettings.defaults());
        SourceRig rig = SourceRig.with(reading, server, DDL);
        Connection slow = server.connect(rig.database);
        Statement slowly = slow.createStatement()) {
      Lsn start = rig.prepare();
      slow.setAutoCommit(false);
      slowly.execute("INSERT INTO t VALUES ('begun before the tail')");
      rig.sql("INSERT INTO t SELECT 'large ' || g FROM generate_series(1, 2000) g");
      rig.sql("INSERT INTO t VALUES ('last')");
      // Read, but never acknowledged: the slot stays where it is.
      List<Transaction> journaled = rig.readFrom(start);
      Lsn tail = journaled.get(journaled.size() - 1).position();
      assertThat(rig.confirmed()).isLessThan(tail);

      slow.commit();
      rig.sql("INSERT INTO t VALUES ('next')");
      Lsn end = rig.end();
      rig.source.beat();
      List<LogEvent> events = new ArrayList<>();
      try (SourceLog log = rig.source.open(rig.source.identity(), tail)) {
        while (!past(events, end)) {
          events.addAll(log.poll(Duration.ofMillis(100)));
        }
      }
      assertThat(events)
          .filteredOn(LogEvent.Changed.class::isInstance)
          .extracting(event -> ((Change.Insert) ((LogEvent.Changed) event).change()).after())
          .containsExactly(
              Row.of(new Value.Text("begun before the tail")), Row.of(new Value.Text("next")));
      assertThat(events)
          .filteredOn(LogEvent.Commit.class::isInstance)
          .allMatch(commit -> ((LogEvent.Commit) commit).position().isAfter(tail));
    }
  }

  private static boolean past(List<LogEvent> events, Lsn end) {
    return events.stream()
        .anyMatch(event -> event instanceof LogEvent.Commit c && c.position().isAfter(end));
  }
}
