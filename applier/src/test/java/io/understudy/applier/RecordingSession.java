package io.understudy.applier;

import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A standby in memory: what was applied and not rolled back, commit by commit. */
final class RecordingSession implements StandbySession {
  private final List<List<Change>> commits = new ArrayList<>();
  private final List<Change> open = new ArrayList<>();
  private Predicate<Change> poison = change -> false;
  private Progress progress;
  private boolean closed;
  private Withheld withheld;
  private List<Change> later = List.of();

  RecordingSession(Progress progress) {
    this.progress = progress;
  }

  /** Lets every attempt to apply such a change fail. */
  void refuse(Predicate<Change> changes) {
    this.poison = changes;
  }

  /** As if it had come back without some rows. */
  void withhold(Withheld rows, List<Change> then) {
    withheld = rows;
    later = then;
  }

  @Override
  public Optional<Withheld> withheld() {
    return Optional.ofNullable(withheld);
  }

  @Override
  public void release() {
    apply(later);
    later = List.of();
  }

  List<List<Change>> commits() {
    return commits;
  }

  List<Change> open() {
    return open;
  }

  boolean closed() {
    return closed;
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void apply(List<Change> changes) {
    for (Change change : changes) {
      if (poison.test(change)) {
        throw new MirrorException.Invariant("row missing", "look");
      }
      open.add(change);
    }
  }

  @Override
  public void commit(Progress next) {
    commits.add(List.copyOf(open));
    open.clear();
    progress = next;
  }

  @Override
  public void rollback() {
    open.clear();
  }

  @Override
  public void close() {
    closed = true;
  }
}
