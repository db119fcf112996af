package io.understudy.app.chaos;

import io.understudy.applier.Difference;
import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * A standby whose applier does not care about having been superseded: it takes the role back, each
 * time.
 */
record UnfencedStandby(Standby real) implements Standby {

  @Override
  public StandbySession takeOver(String owner) {
    return takeBack(owner);
  }

  @Override
  public StandbySession resume(String owner) {
    return takeBack(owner + "/" + System.nanoTime());
  }

  private StandbySession takeBack(String owner) {
    try {
      return new Session(real.takeOver(owner));
    } catch (MirrorException.Superseded e) {
      throw passedOff(e);
    }
  }

  private static MirrorException passedOff(MirrorException.Superseded e) {
    return new MirrorException.Transient("sabotaged: goes on although another took over", e);
  }

  @Override
  public List<Difference> differences(List<Relation> tables) {
    return real.differences(tables);
  }

  @Override
  public List<Relation> notEmpty(List<Relation> tables) {
    return real.notEmpty(tables);
  }

  @Override
  public void prepare() {
    real.prepare();
  }

  @Override
  public Optional<Progress> progress() {
    return real.progress();
  }

  @Override
  public boolean copyInterrupted() {
    return real.copyInterrupted();
  }

  @Override
  public boolean wasOpened() {
    return real.wasOpened();
  }

  @Override
  public void beginCopy(List<Relation> tables) {
    real.beginCopy(tables);
  }

  @Override
  public long copyIn(Relation table, RowForm form, InputStream rows) throws IOException {
    return real.copyIn(table, form, rows);
  }

  @Override
  public void endCopy(Progress progress) {
    real.endCopy(progress);
  }

  @Override
  public List<String> open() {
    return real.open();
  }

  @Override
  public boolean isReadOnly() {
    return real.isReadOnly();
  }

  @Override
  public void close() {
    real.close();
  }

  private record Session(StandbySession real) implements StandbySession {
    @Override
    public Progress progress() {
      return real.progress();
    }

    @Override
    public void apply(List<Change> changes) {
      passOff(() -> real.apply(changes));
    }

    @Override
    public void commit(Progress next) {
      passOff(() -> real.commit(next));
    }

    @Override
    public void rollback() {
      real.rollback();
    }

    @Override
    public void close() {
      real.close();
    }

    private static void passOff(Runnable action) {
      try {
        action.run();
      } catch (MirrorException.Superseded e) {
        throw passedOff(e);
      }
    }
  }
}
