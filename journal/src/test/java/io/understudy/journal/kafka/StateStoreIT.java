package io.understudy.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateStoreIT {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123456789Z");
  private static final MirrorFacts FACTS =
      new MirrorFacts(
          Epoch.FIRST,
          new DatabaseName("north"),
          "postgresql",
          "7301",
          1,
          "understudy_shop",
          "id",
          MirrorFacts.State.INITIALIZING,
          Optional.empty(),
          NOW);

  @Test
  void keepsTheLastOfEachFactThroughAKillOfTheBroker(@TempDir Path directory) throws Exception {
    try (JournalFixture fixture = new JournalFixture(directory);
        Journal journal = fixture.journal(fixture.newMirror());
        StateStore store = store(journal)) {
      assertThat(store.read())
          .isEqualTo(
              new StateStore.Facts(Optional.empty(), java.util.List.of(), java.util.List.of()));
      store.put(FACTS);
      MirrorFacts promoting =
          FACTS.in(
              MirrorFacts.State.PROMOTING,
              Optional.of(new DatabaseName("south")),
              NOW.plusMillis(1));
      store.put(promoting);
      RoleReport applier =
          new RoleReport(
              RoleReport.applier(new DatabaseName("south")), "host/1", "FOLLOWING", "", NOW);
      store.put(new RoleReport(RoleReport.READER, "host/1", "STREAMING", "", NOW));
      store.put(applier);
      RoleReport reader = new RoleReport(RoleReport.READER, "host/2", "STOPPED", "why: \"\n", NOW);
      store.put(reader);
      assertThat(store.read().mirror()).contains(promoting);
      assertThat(store.read().roles()).containsExactly(applier, reader);

      long pid = fixture.broker().pid();
      fixture.kill();
      fixture.awaitRestart(pid);
      assertThat(store.read().mirror()).contains(promoting);
      store.put(FACTS);
      try (StateStore another = journal.state()) {
        assertThat(another.read().mirror()).contains(FACTS);
      }
    }
  }

  @Test
  void keepsTheShapesOfAThousandTablesBesideTheFacts(@TempDir Path directory) throws Exception {
    try (JournalFixture fixture = new JournalFixture(directory);
        Journal journal = fixture.journal(fixture.newMirror());
        StateStore store = store(journal)) {
      assertThat(store.shapes()).isEmpty();
      store.put(FACTS);
      for (int columns : new int[] {30, 5}) {
        TableShapes shapes = ShapeCodecTest.tables(1_000, columns);
        store.put(shapes);
        assertThat(store.shapes()).contains(shapes);
        assertThat(store.read().mirror()).contains(FACTS);
      }
    }
  }

  private static StateStore store(Journal journal) {
    journal.create();
    return journal.state();
  }
}
