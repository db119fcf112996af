package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.app.failover.Transactions;
import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Machines;
import io.understudy.app.harness.ProductProcess;
import io.understudy.app.harness.Sql;
import io.understudy.journal.Epoch;
import io.understudy.journal.TableName;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.RoleReport;
import io.understudy.journal.kafka.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Mirrors with several controllers, and what their state topic tells of them. */
final class Controllers {
  static final String AUTOMATIC = "failover: { mode: automatic }\n";
  static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 50;

  private Controllers() {}

  /** For the next test, whatever the last one left. */
  static void sourceBack(Machines machines) {
    if (!machines.source().isRunning()) {
      machines.source().startAgain();
    }
  }

  static MirrorUnderTest made(Machines machines, String name, String more) throws Exception {
    return made(machines, name, more, yaml -> yaml);
  }

  /**
   * @param edit of its {@code mirror.yaml}, before anything is done with it
   */
  static MirrorUnderTest made(
      Machines machines, String name, String more, UnaryOperator<String> edit) throws Exception {
    MirrorUnderTest mirror = new MirrorUnderTest(machines, name, Map.of(), more);
    Path file = mirror.configuration();
    Files.writeString(file, edit.apply(Files.readString(file)));
    for (Connections side : List.of(mirror.source(), mirror.standby())) {
      Sql.run(side, NumberedRows.TABLE);
    }
    mirror.init();
    return mirror;
  }

  static List<ProductProcess> controllers(MirrorUnderTest mirror, int count) {
    List<ProductProcess> controllers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ProductProcess process = mirror.process("controller" + i, "run", "--role", "controller");
      process.withHeap("128m").start();
      controllers.add(process);
    }
    return controllers;
  }

  static ProductProcess leader(List<ProductProcess> controllers) {
    return controllers.stream()
        .filter(it -> it.stderr().contains("leads the controllers"))
        .findFirst()
        .orElseThrow();
  }

  /** Until reader, applier and all controllers say so, one of which leads. */
  static void awaitAtWork(MirrorUnderTest mirror, int controllers) throws InterruptedException {
    await(
        mirror,
        known ->
            areAtWork(known, controllers) && has(known, "STREAMING") && has(known, "FOLLOWING"));
    Thread.sleep(2500); // they have heard of each other
  }

  /** Whether that many of them watch the source, and one leads. */
  static boolean areAtWork(StateStore.Facts known, int controllers) {
    List<String> states =
        known.roles().stream()
            .filter(it -> it.role().startsWith("controller/"))
            .map(RoleReport::state)
            .toList();
    long observing = states.stream().filter("OBSERVING"::equals).count();
    return states.contains("LEADING") && observing == controllers - 1;
  }

  static boolean has(StateStore.Facts known, String state) {
    return known.roles().stream().anyMatch(it -> it.state().equals(state));
  }

  static void await(MirrorUnderTest mirror, Predicate<StateStore.Facts> wanted)
      throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (Journal journal = mirror.connect();
        StateStore store = journal.state()) {
      StateStore.Facts facts = store.read();
      while (!wanted.test(facts)) {
        mirror.requireRunning();
        assertThat(System.nanoTime()).as("%s", facts).isLessThan(deadline);
        Thread.sleep(LOOK_MILLIS);
        facts = store.read();
      }
    }
  }

  static StateStore.Facts known(MirrorUnderTest mirror) {
    try (Journal journal = mirror.connect();
        StateStore store = journal.state()) {
      return store.read();
    }
  }

  static List<OperationFact> automatic(MirrorUnderTest mirror) {
    return known(mirror).operations().stream()
        .filter(it -> it.kind() == OperationFact.Kind.AUTOMATIC)
        .toList();
  }

  /** How many transactions on the numbered rows came from the first source. */
  static long journaled(MirrorUnderTest mirror) {
    try (Journal journal = mirror.connect()) {
      return new Transactions(
              Optional.empty(), Optional.of(new TableName("public", "numbered")), Integer.MAX_VALUE)
          .of(journal).stream().filter(it -> it.epoch().equals(Epoch.FIRST)).count();
    }
  }

  /**
   * That the epoch of south, and nothing else, followed the first one, at the controllers' wish.
   */
  static void assertOnePromotion(MirrorUnderTest mirror) {
    StateStore.Facts known = known(mirror);
    assertThat(known.mirror().orElseThrow().source().value()).isEqualTo("south");
    assertThat(known.mirror().orElseThrow().epoch()).isEqualTo(Epoch.FIRST.next());
    assertThat(automatic(mirror)).hasSize(1);
    assertThat(automatic(mirror).get(0).outcome()).contains("south is the source");
  }

  /** Waits for the end of a promotion. */
  static void awaitPromoted(MirrorUnderTest mirror) throws InterruptedException {
    await(
        mirror,
        known -> {
          MirrorFacts facts = known.mirror().orElseThrow();
          return facts.source().value().equals("south")
              && facts.state() == MirrorFacts.State.MIRRORING;
        });
  }

  /** Waits until the old source is shut, and has it told what that alone holds. */
  static Path export(MirrorUnderTest mirror) throws InterruptedException {
    await(mirror, known -> known.formers().stream().anyMatch(it -> it.shutAt().isPresent()));
    Path report = mirror.configuration().toAbsolutePath().resolveSibling("rejoin.json");
    mirror.command(0, "rejoin", "north", "--export-only", "--report", report.toString());
    return report;
  }

  /** Makes the old source a standby, which then equals the new one. */
  static void rejoin(MirrorUnderTest mirror) throws InterruptedException {
    Path report = mirror.configuration().toAbsolutePath().resolveSibling("again.json");
    mirror.command(0, "rejoin", "north", "--report", report.toString());
    await(mirror, known -> known.formers().isEmpty() && has(known, "FOLLOWING"));
    mirror.command(0, "verify");
  }

  /** The numbers of the rows that a report has. */
  static Set<Long> numbers(Path report) throws IOException {
    Set<Long> numbers = new TreeSet<>();
    for (JsonNode transaction : new ObjectMapper().readTree(report.toFile()).get("transactions")) {
      transaction.get("changes").forEach(it -> numbers.add(it.at("/new/n").asLong()));
    }
    return numbers;
  }

  static boolean seesNothing(StateStore.Facts known) {
    return known.roles().stream()
        .anyMatch(it -> it.role().startsWith("controller/") && it.detail().contains("no answer"));
  }
}
