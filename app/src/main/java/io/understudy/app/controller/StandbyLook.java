package io.understudy.app.controller;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.app.run.Formers;
import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.failover.automatic.Candidate;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.FormerFact;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What the standbys say of themselves, asked anew each time that the last answer was taken, each on
 * a thread of its own. One that does not answer is no candidate. Owned by one thread.
 */
final class StandbyLook implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final MirrorConfig config;
  private final Map<DatabaseName, Standby> standbys = new HashMap<>();
  private final Map<DatabaseName, Asked> asked = new HashMap<>();
  private final Map<DatabaseName, Candidate> last = new HashMap<>();

  private record Asked(CompletableFuture<Candidate> answer, long at) {}

  StandbyLook(MirrorConfig config) {
    this.config = config;
  }

  /** Asks those that are not being asked; takes what was answered. */
  void look(StateStore.Facts facts) {
    MirrorFacts mirror = facts.mirror().orElseThrow();
    for (DatabaseName name : config.standbys(mirror.source())) {
      Asked question = asked.get(name);
      if (question != null && question.answer().isDone()) {
        last.put(name, question.answer().join());
        asked.remove(name);
      } else if (question != null && System.nanoTime() - question.at() > PATIENCE.toNanos()) {
        last.put(name, obstacle(name, "does not answer"));
      }
      if (!asked.containsKey(name)) {
        asked.put(name, new Asked(ask(name, mirror, isFenced(name, facts)), System.nanoTime()));
      }
    }
  }

  /** Nobody is a candidate any more. */
  void forget() {
    last.clear();
    asked.clear();
  }

  /** In the order of the configuration; those that have not answered yet are left out. */
  List<Candidate> candidates(DatabaseName source) {
    List<Candidate> found = new ArrayList<>();
    config.standbys(source).forEach(it -> Optional.ofNullable(last.get(it)).ifPresent(found::add));
    return found;
  }

  /** Whether all have answered, so that the best of them can be told. */
  boolean complete(DatabaseName source) {
    return config.standbys(source).stream().allMatch(last::containsKey);
  }

  private static boolean isFenced(DatabaseName name, StateStore.Facts facts) {
    return Formers.find(facts, name).filter(it -> it.way() == FormerFact.Way.FENCE).isPresent();
  }

  private CompletableFuture<Candidate> ask(DatabaseName name, MirrorFacts mirror, boolean fenced) {
    CompletableFuture<Candidate> answer = new CompletableFuture<>();
    if (fenced) {
      answer.complete(obstacle(name, "is a former source that is fenced"));
      return answer;
    }
    Standby standby = standbys.computeIfAbsent(name, it -> Databases.standby(config, it));
    Thread thread = new Thread(() -> answer(answer, name, mirror, standby), "ask-" + name);
    thread.setDaemon(true);
    thread.start();
    return answer;
  }

  private static void answer(
      CompletableFuture<Candidate> answer, DatabaseName name, MirrorFacts mirror, Standby standby) {
    try {
      answer.complete(ask(name, mirror, standby));
    } catch (MirrorException e) {
      answer.complete(obstacle(name, "cannot be asked: " + e.getMessage()));
    } catch (RuntimeException e) {
      answer.complete(obstacle(name, "cannot be asked: " + e.getClass().getSimpleName()));
    }
  }

  private static Candidate ask(DatabaseName name, MirrorFacts mirror, Standby standby) {
    Optional<Progress> progress = standby.following(mirror.journalTopicId());
    if (progress.isEmpty()) {
      return obstacle(name, "holds no complete copy");
    }
    if (standby.isPaused()) {
      return obstacle(name, "is paused");
    }
    if (standby.heldChange().isPresent()) {
      return obstacle(name, "waits in front of a schema change");
    }
    return new Candidate(name, Optional.of(progress.get().commitTime()), Optional.empty());
  }

  private static Candidate obstacle(DatabaseName name, String what) {
    return new Candidate(name, Optional.empty(), Optional.of(what));
  }

  @Override
  public void close() {
    standbys.values().forEach(Standby::close);
  }
}
