package io.understudy.app.rejoin;

import io.understudy.connectors.LogChange;
import io.understudy.connectors.LogEvent;
import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A transaction that a former source committed and the journal lacks.
 *
 * @param transaction the source's own id, for people
 * @param position where its log stands behind it
 */
public record Extra(
    String transaction, Position position, Instant commitTime, List<Change> changes) {
  /** So many fit into this process's memory, together with what else is looked up of them. */
  static final int MOST_CHANGES = 200_000;

  static final long MOST_BYTES = 64L << 20;

  public Extra {
    changes = List.copyOf(changes);
  }

  /**
   * All behind {@code after}, in order. Where sequences stand, and what Understudy itself writes
   * into the log, is none.
   *
   * @throws MirrorException.Refused if there are too many, or the log does not hold them any more
   */
  static List<Extra> behind(LogChange log, Position after) throws InterruptedException {
    Gathering gathering = new Gathering();
    log.read(after, gathering);
    return gathering.extras;
  }

  private static final class Gathering implements Consumer<LogEvent> {
    private final List<Extra> extras = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private String transaction = "";
    private int count;
    private long bytes;

    @Override
    public void accept(LogEvent event) {
      if (event instanceof LogEvent.Begin begin) {
        transaction = begin.transaction();
        changes.clear();
      } else if (event instanceof LogEvent.Abandoned) {
        changes.clear();
      } else if (event instanceof LogEvent.Changed changed) {
        take(changed.change());
      } else if (event instanceof LogEvent.Commit commit && !changes.isEmpty()) {
        extras.add(new Extra(transaction, commit.position(), commit.commitTime(), changes));
      }
    }

    private void take(Change change) {
      if (change instanceof Change.SequenceValue) {
        return; // the journal tells the new source's
      }
      changes.add(change);
      bytes += change.size();
      if (++count > MOST_CHANGES || bytes > MOST_BYTES) {
        throw new MirrorException.Refused(
            "more than "
                + MOST_CHANGES
                + " changes, or "
                + (MOST_BYTES >> 20)
                + " MiB of them, are not in the journal: that is too much to be undone row by row",
            Candidates.ANEW);
      }
    }
  }
}
