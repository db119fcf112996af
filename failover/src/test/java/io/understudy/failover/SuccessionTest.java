package io.understudy.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.MirrorFacts.State;
import io.understudy.journal.kafka.OperationFact;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SuccessionTest {
  private static final DatabaseName NORTH = new DatabaseName("north");
  private static final DatabaseName SOUTH = new DatabaseName("south");
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  /** No failure of the mirror: the process is gone, and whatever it did stays. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Two databases, a journal and a state topic, in memory. */
  private static final class World implements StateLog, Actions {
    private MirrorFacts facts =
        new MirrorFacts(
            Epoch.FIRST, NORTH, "x", "1", 1, "", "t", State.MIRRORING, Optional.empty(), NOW);
    private OperationFact operation;
    private boolean northOpen = true;
    private boolean southOpen;
    private boolean sealed;

    /** The call that empties it dies, before or after it has done its work. */
    private int fuel = Integer.MAX_VALUE;

    private Action failing = Action.NOTHING;

    private void burn() {
      if (--fuel == 0) {
        throw new Killed();
      }
      assertThat(northOpen && southOpen).as("two writable databases").isFalse();
    }

    @Override
    public void store(MirrorFacts next, OperationFact nextOperation) {
      burn();
      facts = next;
      operation = nextOperation;
      burn();
    }

    @Override
    public boolean sealed(MirrorFacts known) {
      return sealed;
    }

    @Override
    public Outcome perform(Action action, MirrorFacts known) {
      burn();
      assertThat(known).isEqualTo(facts);
      if (action == failing) {
        throw new MirrorException.Transient("does not work", null);
      }
      MirrorFacts next = known;
      switch (action) {
        case SHUT -> northOpen = false;
        case SEAL, END -> sealed = true;
        case REOPEN -> {
          assertThat(sealed).as("reopened behind the seal").isFalse();
          northOpen = true;
        }
        case OPEN, INSTALL -> {
          assertThat(sealed).isTrue();
          northOpen = false;
          southOpen = true;
          next =
              new MirrorFacts(
                  known.epoch().next(),
                  SOUTH,
                  "x",
                  "2",
                  1,
                  "",
                  "t",
                  known.state(),
                  known.target(),
                  NOW);
        }
        default -> {}
      }
      burn();
      return new Outcome(Condition.DONE, action + " was done", next);
    }

    OperationFact ask(Condition condition) throws InterruptedException {
      OperationFact going =
          operation != null && !operation.isOver()
              ? operation.resumed()
              : new OperationFact(
                  "1",
                  OperationFact.Kind.SWITCHOVER,
                  1,
                  facts.epoch(),
                  NORTH,
                  SOUTH,
                  Optional.empty(),
                  NOW,
                  List.of(),
                  "");
      return new Succession(this, this, facts, going, "here", () -> NOW, line -> {})
          .run(condition, "");
    }
  }

  private final World world = new World();

  @Test
  void aSwitchoverGoesThroughItsStatesAndTellsThem() throws InterruptedException {
    OperationFact operation = world.ask(Condition.SWITCHOVER);

    assertThat(operation.steps().stream().map(OperationFact.Step::state))
        .containsExactly(
            State.PREPARING, State.CLOSING, State.DRAINING, State.SEALING, State.OPENING);
    assertThat(operation.steps()).allSatisfy(step -> assertThat(step.took()).isPresent());
    assertThat(operation.outcome()).contains("south is the source, in epoch 2");
    assertThat(world.operation).isEqualTo(operation);
    assertThat(world.facts.state()).isEqualTo(State.MIRRORING);
    assertThat(world.facts.source()).isEqualTo(SOUTH);
    assertThat(world.southOpen).isTrue();
    assertThat(world.northOpen).isFalse();
  }

  @Test
  void aPromotionDoesNotNeedTheSource() throws InterruptedException {
    world.northOpen = false;

    OperationFact operation = world.ask(Condition.PROMOTE);

    assertThat(operation.steps().stream().map(OperationFact.Step::state))
        .containsExactly(State.PROMOTING, State.ENDING, State.INSTALLING);
    assertThat(world.facts.epoch()).isEqualTo(new Epoch(2));
    assertThat(world.southOpen).isTrue();
  }

  @Test
  void whatFailsBeforeTheSealOpensTheSourceAgain() {
    for (Action action : List.of(Action.PREPARE, Action.SHUT, Action.DRAIN, Action.SEAL)) {
      World failing = new World();
      failing.failing = action;

      assertThatThrownBy(() -> failing.ask(Condition.SWITCHOVER))
          .as("%s", action)
          .isInstanceOf(MirrorException.Transient.class)
          .hasMessageContaining("does not work");
      assertThat(failing.facts.state()).isEqualTo(State.MIRRORING);
      assertThat(failing.facts.source()).isEqualTo(NORTH);
      assertThat(failing.facts.target()).isEmpty();
      assertThat(failing.northOpen).isTrue();
      assertThat(failing.operation.outcome()).contains("north stays the source");
    }
  }

  @Test
  void whatFailsBehindTheSealIsCompletedByTheNextOne() throws InterruptedException {
    world.failing = Action.OPEN;
    assertThatThrownBy(() -> world.ask(Condition.SWITCHOVER))
        .isInstanceOf(MirrorException.Transient.class);
    assertThat(world.facts.state()).isEqualTo(State.OPENING);
    assertThat(world.northOpen).isFalse();

    assertThatThrownBy(() -> world.ask(Condition.CANCEL))
        .isInstanceOf(MirrorException.Operator.class);
    world.failing = Action.NOTHING;
    world.ask(Condition.SWITCHOVER);

    assertThat(world.facts.source()).isEqualTo(SOUTH);
    assertThat(world.operation.attempt()).isEqualTo(2);
  }

  /** Each prints the seed with which it can be repeated. */
  @Test
  void killedAnywhereAndGoneOnWithByAnyoneItEndsInOneOfTwoWays() throws InterruptedException {
    for (long seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      World fresh = new World();
      for (int lives = random.nextInt(6); lives >= 0 && atStart(fresh); lives--) {
        fresh.fuel = lives == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(24);
        fresh.failing =
            random.nextInt(4) == 0
                ? List.of(Action.values()).get(random.nextInt(Action.values().length))
                : Action.NOTHING;
        if (lives == 0) {
          fresh.failing = Action.NOTHING;
        }
        Condition asked =
            List.of(Condition.SWITCHOVER, Condition.CANCEL, Condition.PROMOTE)
                .get(random.nextInt(3));
        attempt(fresh, asked);
      }
      fresh.fuel = Integer.MAX_VALUE;
      fresh.failing = Action.NOTHING;
      if (fresh.facts.state() != State.MIRRORING) {
        boolean promotion =
            List.of(State.PROMOTING, State.ENDING, State.INSTALLING).contains(fresh.facts.state());
        fresh.ask(promotion ? Condition.PROMOTE : Condition.SWITCHOVER);
      }
      assertThat(fresh.facts.state()).as("seed %d", seed).isEqualTo(State.MIRRORING);
      assertThat(fresh.southOpen).as("seed %d", seed).isEqualTo(fresh.sealed);
      assertThat(fresh.northOpen).as("seed %d", seed).isEqualTo(!fresh.sealed);
      assertThat(fresh.facts.source()).as("seed %d", seed).isEqualTo(fresh.sealed ? SOUTH : NORTH);
    }
  }

  private static boolean atStart(World world) {
    return world.facts.epoch().equals(Epoch.FIRST);
  }

  private static void attempt(World world, Condition asked) throws InterruptedException {
    try {
      world.ask(asked);
    } catch (Killed | MirrorException e) {
      // Whoever comes next finds what it has left.
      assertThat(world.northOpen && world.southOpen).isFalse();
    }
  }
}
