package io.understudy.app.verify;

import io.understudy.applier.Rendezvous;
import io.understudy.connectors.SourceSnapshot;
import io.understudy.journal.MirrorException;
import io.understudy.journal.VerificationMark;
import io.understudy.verify.RowDifference;
import io.understudy.verify.SourceRows;
import io.understudy.verify.TableResult;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Has the applier put rows right: at a commit of its own, where the source's rows are seen once
 * more, so that whatever changed them since they were found different is in, and whatever changes
 * them later comes on top.
 */
final class Repair {
  /** How many rows of a table are put right at one commit: the applier waits for them. */
  private static final int ROWS_AT_ONCE = 500;

  private final Meeting meeting;
  private final Consumer<String> say;

  Repair(Meeting meeting, Consumer<String> say) {
    this.meeting = meeting;
    this.say = say;
  }

  List<Rendezvous.Repaired> run(List<TableResult> tables) throws InterruptedException {
    List<Rendezvous.Repaired> repaired = new ArrayList<>();
    for (TableResult table : tables) {
      List<List<String>> identities =
          table.differences().stream().map(RowDifference::identity).distinct().toList();
      for (int from = 0; from < identities.size(); from += ROWS_AT_ONCE) {
        List<List<String>> some =
            identities.subList(from, Math.min(identities.size(), from + ROWS_AT_ONCE));
        repaired.addAll(meeting.hold(VerificationMark.Purpose.REPAIR, new Rows(table, some)));
        say.accept(
            "repaired "
                + (from + some.size())
                + " of "
                + identities.size()
                + " rows of "
                + table.table());
      }
    }
    return repaired;
  }

  private record Rows(TableResult table, List<List<String>> identities)
      implements Meeting.Agenda<List<Rendezvous.Repaired>> {
    @Override
    public void prepare(SourceSnapshot snapshot, Rendezvous.Seat seat) {
      try (Connection connection = snapshot.open();
          InputStream rows = SourceRows.open(connection, table, identities)) {
        seat.layOut(
            table.table(), table.written(), table.key(), table.compared(), identities, rows);
      } catch (SQLException | IOException e) {
        throw new MirrorException.Operator(
            "reading the source's rows of " + table.table() + " failed: " + e.getMessage(),
            "see to what the server says, and verify again",
            e);
      }
    }

    @Override
    public Optional<List<Rendezvous.Repaired>> meet(
        SourceSnapshot snapshot, Rendezvous.Seat seat, Duration timeout) {
      return seat.awaitRepair(timeout);
    }
  }
}
