package io.understudy.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.kafka.MirrorFacts.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StateTableTest {
  private static final Set<State> AT_REST = EnumSet.of(State.MIRRORING, State.PROMOTED);

  @Test
  void leadsFromAStateAndAConditionToOnePlace() {
    Set<List<Object>> seen = new HashSet<>();
    for (Transition row : StateTable.all()) {
      assertThat(seen.add(List.of(row.from(), row.condition()))).as("%s", row).isTrue();
    }
  }

  @Test
  void eachStateWithWorkToDoCanBeGoneOnFromAndLeadsToRest() {
    for (Transition row : StateTable.all()) {
      if (row.action() == Action.NOTHING) {
        assertThat(AT_REST).as("%s", row).contains(row.to());
      } else {
        assertThat(StateTable.next(row.to(), Condition.DONE)).as("%s", row).isPresent();
        assertThat(reachable(row.to())).as("%s", row).containsAnyElementsOf(AT_REST);
      }
    }
  }

  @Test
  void whateverIsInterruptedIsGoneOnFromByTheSameRequest() {
    for (State state : List.of(State.PREPARING, State.CLOSING, State.DRAINING, State.SEALING)) {
      assertThat(StateTable.next(state, Condition.SWITCHOVER)).as("%s", state).isPresent();
      assertThat(StateTable.next(state, Condition.CANCEL)).as("%s", state).isPresent();
      assertThat(StateTable.next(state, Condition.PROMOTE)).as("%s", state).isPresent();
      assertThat(StateTable.next(state, Condition.FAILED)).as("%s", state).isPresent();
    }
    for (State state : List.of(State.SEALING, State.OPENING)) {
      assertThat(StateTable.next(state, Condition.SWITCHOVER_SEALED)).as("%s", state).isPresent();
    }
    for (State state : List.of(State.PROMOTING, State.ENDING)) {
      assertThat(StateTable.next(state, Condition.PROMOTE)).as("%s", state).isPresent();
    }
    for (State state : List.of(State.ENDING, State.INSTALLING)) {
      assertThat(StateTable.next(state, Condition.PROMOTE_SEALED)).as("%s", state).isPresent();
    }
  }

  @Test
  void nothingLeadsBackFromBehindTheSeal() {
    for (State state : List.of(State.OPENING, State.INSTALLING)) {
      Set<State> later = new HashSet<>(within(state));
      assertThat(later).as("%s", state).doesNotContain(State.REOPENING, State.PREPARING);
    }
    for (Transition row : StateTable.all()) {
      if (row.condition() == row.condition().whenSealed()
          && row.condition().name().endsWith("SEALED")) {
        assertThat(row.action()).as("%s", row).isIn(Action.OPEN, Action.INSTALL);
      }
    }
  }

  @Test
  void isInTheDocumentationAsItIs() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "failover.md"), StandardCharsets.UTF_8);

    assertThat(page).contains("```mermaid\n" + StateTable.mermaid() + "```");
  }

  /** All states that may come later, whatever happens. */
  private static Set<State> reachable(State from) {
    return follow(from, EnumSet.noneOf(State.class));
  }

  /** The same up to the next state of rest. */
  private static Set<State> within(State from) {
    return follow(from, AT_REST);
  }

  private static Set<State> follow(State from, Set<State> ends) {
    Set<State> found = EnumSet.noneOf(State.class);
    Deque<State> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      State state = open.pop();
      for (Transition row : StateTable.all()) {
        if (row.from() == state && found.add(row.to()) && !ends.contains(row.to())) {
          open.push(row.to());
        }
      }
    }
    return found;
  }
}
