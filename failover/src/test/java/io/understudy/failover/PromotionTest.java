package io.understudy.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Body;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Sequence;
import io.understudy.journal.postgres.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromotionTest {
  private static final DatabaseName NORTH = new DatabaseName("north");
  private static final DatabaseName SOUTH = new DatabaseName("south");
  private static final DatabaseName EAST = new DatabaseName("east");
  private static final Instant LAST_COMMIT = Instant.parse("2026-01-01T12:00:00Z");

  /**
   * A journal and a standby in memory; the call that empties {@code fuel} dies instead of
   * returning.
   */
  private static final class World implements PromotionJournal, PromotionTarget {
    private int fuel = Integer.MAX_VALUE;
    private Reign reign = Reign.settled(Epoch.FIRST, NORTH);
    private final List<String> seals = new ArrayList<>();
    private boolean drained;
    private boolean open;
    private boolean standby = true;

    @Override
    public void requireStandby() {
      if (!standby) {
        throw new MirrorException.Refused("no standby", "");
      }
    }

    private void burn() {
      if (--fuel <= 0) {
        throw new IllegalStateException("killed");
      }
    }

    @Override
    public Reign reign() {
      return reign;
    }

    @Override
    public void store(Reign next) {
      burn();
      reign = next;
      burn();
    }

    @Override
    public JournalEntry seal(DatabaseName successor) {
      burn();
      if (seals.isEmpty()) {
        seals.add(successor.value());
      }
      burn();
      return new JournalEntry(
          41,
          LAST_COMMIT,
          new JournalRecord(
              new MirrorName("shop"),
              Epoch.FIRST,
              2,
              new Sequence(812),
              new Lsn(4711),
              LAST_COMMIT,
              new Body.Seal(successor)));
    }

    @Override
    public void drainTo(long offset) {
      burn();
      assertThat(offset).isEqualTo(41);
      assertThat(seals).isNotEmpty();
      drained = true;
      burn();
    }

    @Override
    public List<String> open() {
      burn();
      assertThat(drained).isTrue();
      open = true;
      burn();
      return List.of();
    }
  }

  private final World world = new World();

  private PromotionReport promote(DatabaseName name) throws InterruptedException {
    return new Promotion(world, world, line -> {}).run(name);
  }

  @Test
  void sealsDrainsOpensAndReports() throws InterruptedException {
    PromotionReport report = promote(SOUTH);

    assertThat(report)
        .isEqualTo(
            new PromotionReport(
                new Epoch(2), SOUTH, NORTH, new Sequence(812), new Lsn(4711), LAST_COMMIT));
    assertThat(world.reign).isEqualTo(Reign.settled(new Epoch(2), SOUTH));
  }

  @Test
  void isCompletedByRepeatingItWhereverItWasKilled() throws InterruptedException {
    int calls = 10;
    for (int step = 1; step <= calls; step++) {
      World fresh = new World();
      fresh.fuel = step;
      Promotion promotion = new Promotion(fresh, fresh, line -> {});
      boolean survived = true;
      try {
        promotion.run(SOUTH);
      } catch (IllegalStateException killed) {
        survived = false;
      }
      assertThat(survived).as("killed at call %d", step).isFalse();
      fresh.fuel = Integer.MAX_VALUE;
      if (fresh.reign.epoch().equals(Epoch.FIRST)) {
        promotion.run(SOUTH);
      }
      assertThat(fresh.reign).isEqualTo(Reign.settled(new Epoch(2), SOUTH));
      assertThat(fresh.seals).containsExactly("south");
      assertThat(fresh.open).isTrue();
    }
  }

  @Test
  void refusesTheSourceItself() {
    assertThatThrownBy(() -> promote(NORTH))
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining("is the source already");
  }

  @Test
  void changesNothingIfTheDatabaseIsNoStandby() {
    world.standby = false;

    assertThatThrownBy(() -> promote(SOUTH)).isInstanceOf(MirrorException.Refused.class);
    assertThat(world.reign).isEqualTo(Reign.settled(Epoch.FIRST, NORTH));
    assertThat(world.seals).isEmpty();
  }

  @Test
  void refusesWhileAnotherPromotionIsUnderWay() {
    world.reign = Reign.settled(Epoch.FIRST, NORTH).promoting(EAST);

    assertThatThrownBy(() -> promote(SOUTH))
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining("east");
  }
}
