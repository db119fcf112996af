package io.understudy.applier;

import static io.understudy.applier.Journals.changes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.Sequence;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApplierTest {
  private final FakeStandby standby = new FakeStandby();
  private final FakeJournal journal = new FakeJournal();
  private final Applier applier =
      new Applier(
          Journals.MIRROR,
          new DatabaseName("south"),
          standby,
          journal,
          ApplierLimits.DEFAULT,
          "me");

  @Test
  void followsUntilItIsStopped() throws InterruptedException {
    journal.holding(new Journals().transaction(1).transaction(2).entries());
    journal.atTheEnd(applier::stop);
    List<ApplierState> seen = new ArrayList<>();
    assertThat(applier.run(() -> seen.add(applier.status().state())))
        .isEqualTo(ApplierState.STOPPED);
    assertThat(seen).containsExactly(ApplierState.FOLLOWING);
    assertThat(standby.session.commits()).containsExactly(changes(1, 2));
    assertThat(standby.session.closed()).isTrue();
    assertThat(journal.closed()).isTrue();
    assertThat(applier.status().transactions()).isEqualTo(2);
    assertThat(applier.status().commits()).isEqualTo(1);
    assertThat(applier.status().applied()).contains(standby.session.progress());
  }

  @Test
  void endsAtASeal() throws InterruptedException {
    journal.holding(new Journals().transaction(1).seal().entries());
    assertThat(applier.run(() -> {})).isEqualTo(ApplierState.SEALED);
    assertThat(applier.status().state()).isEqualTo(ApplierState.SEALED);
  }

  @Test
  void readsOnBehindTheProgressRow() throws InterruptedException {
    journal.holding(new Journals().transaction(1).entries());
    journal.atTheEnd(
        () -> {
          throw new MirrorException.Transient("broker away", null);
        });
    assertThatThrownBy(() -> applier.run(() -> {})).isInstanceOf(MirrorException.Transient.class);
    assertThat(applier.status().state()).isEqualTo(ApplierState.BROKEN);
    assertThat(applier.status().why()).isEqualTo("broker away");
    assertThat(journal.openedBehind()).containsExactly(0L);

    journal.holding(new Journals().transaction(1).transaction(2).entries());
    journal.atTheEnd(applier::stop);
    applier.run(() -> {});
    assertThat(journal.openedBehind()).containsExactly(0L, 2L);
    assertThat(standby.session.commits()).containsExactly(changes(1), changes(2));
    assertThat(applier.status().transactions()).isEqualTo(2);
  }

  @Test
  void takesTheRoleOverOnceAndNeverBack() {
    journal.atTheEnd(
        () -> {
          throw new MirrorException.Transient("standby away", null);
        });
    assertThatThrownBy(() -> applier.run(() -> {})).isInstanceOf(MirrorException.Transient.class);
    standby.owner = "other";
    assertThatThrownBy(() -> applier.run(() -> {})).isInstanceOf(MirrorException.Superseded.class);
    assertThat(standby.owner).isEqualTo("other");
  }

  @Test
  void drainsToASealAndNoFurther() throws InterruptedException {
    journal.holding(
        new Journals().transaction(1).transaction(2).seal().epoch(2).transaction(3).entries());
    assertThat(applier.drainTo(6).offset()).isEqualTo(6);
    assertThat(standby.session.commits()).containsExactly(changes(1, 2));
    assertThat(applier.drainTo(6).offset()).isEqualTo(6);
    assertThat(journal.openedBehind()).hasSize(1);
  }

  @Test
  void isDoneWhereTheFormerApplierCameToTheSealFirst() throws InterruptedException {
    journal.holding(new Journals().transaction(1).seal().entries());
    journal.atTheEnd(() -> assertThat(journal.openedBehind()).as("read behind a seal").isEmpty());
    standby.beforeTakeOver = () -> othersApply(4);
    assertThat(applier.drainTo(4).offset()).isEqualTo(4);
    assertThat(standby.owner).isEqualTo("me");
    assertThat(standby.session.closed()).isTrue();
  }

  @Test
  void isDoneWhereTheFormerApplierCameToTheLastTransactionFirst() throws InterruptedException {
    journal.holding(new Journals().transaction(1).transaction(2).entries());
    Sequence last = standby.session.progress().sequence().next();
    standby.beforeTakeOver = () -> othersApply(2);
    assertThat(applier.drainTo(last).sequence()).isEqualTo(last);
    assertThat(journal.openedBehind()).as("nothing is left to read").isEmpty();
    assertThat(standby.session.closed()).isTrue();
  }

  @Test
  void doesNotGoBackToATransactionThatTheFormerApplierWentPast() {
    journal.holding(new Journals().transaction(1).transaction(2).seal().entries());
    journal.atTheEnd(() -> assertThat(journal.openedBehind()).as("read on").isEmpty());
    Sequence last = standby.session.progress().sequence().next();
    standby.beforeTakeOver =
        () -> {
          othersApply(2);
          othersApply(6);
        };
    assertThatThrownBy(() -> applier.drainTo(last)).isInstanceOf(MirrorException.Refused.class);
  }

  /** The applier that still has the role applies a transaction, up to {@code offset}. */
  private void othersApply(long offset) {
    Progress from = standby.session.progress();
    standby.session.commit(
        new Progress(
            from.epoch(),
            from.sequence().next(),
            from.position(),
            from.commitTime(),
            from.topicId(),
            offset));
  }

  @Test
  void refusesToDrainToWhatIsNoSeal() {
    journal.holding(new Journals().transaction(1).transaction(2).transaction(3).entries());
    assertThatThrownBy(() -> applier.drainTo(4))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("no seal at offset 4");
  }

  /** Knows its owner, and hands out one session after another. */
  private static final class FakeStandby implements Standby {
    private RecordingSession session = new RecordingSession(Journals.start());
    private String owner = "";
    private Runnable beforeTakeOver = () -> {};

    @Override
    public StandbySession takeOver(String name) {
      beforeTakeOver.run();
      owner = name;
      return session;
    }

    @Override
    public StandbySession resume(String name) {
      if (!owner.equals(name)) {
        throw new MirrorException.Superseded("the role is " + owner + "'s");
      }
      session.rollback();
      return session;
    }

    @Override
    public Optional<Progress> progress() {
      return Optional.of(session.progress());
    }

    @Override
    public List<Difference> differences(List<Relation> tables) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Relation> notEmpty(List<Relation> tables) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void prepare() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean copyInterrupted() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean wasOpened() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void beginCopy(List<Relation> tables) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long copyIn(Relation table, RowForm form, InputStream rows) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void endCopy(Progress progress) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> open() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isReadOnly() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
