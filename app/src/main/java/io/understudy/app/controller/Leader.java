package io.understudy.app.controller;

import io.understudy.app.config.FailoverSettings.Mode;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.controller.MirrorWatch.View;
import io.understudy.app.run.ProcessName;
import io.understudy.failover.automatic.Decider;
import io.understudy.failover.automatic.Decision;
import io.understudy.failover.automatic.Sighting;
import io.understudy.failover.automatic.Situation;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Council;
import io.understudy.journal.kafka.FactChanges;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.MirrorFacts.State;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.RoleReport;
import io.understudy.journal.kafka.StateControl;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the controller does that leads: decides, and has a decision carried out on a thread of its
 * own, which asks it back before anything is done. Owned by the controller's thread.
 */
final class Leader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Leader.class);
  private static final Set<State> PROMOTING =
      EnumSet.of(State.PROMOTING, State.ENDING, State.INSTALLING);
  private static final Duration LONG_GONE = Duration.ofDays(1);
  private static final Duration CONFIRM_LIMIT = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration RETRY_FAILED = Duration.ofSeconds(10);

  /** How long a promotion that this process begins and cannot end is waited for at the end. */
  private static final long CLOSE_MILLIS = 3_000;

  private record Question(CompletableFuture<Void> answer, boolean sourceMustBeDead) {}

  private final MirrorConfig config;
  private final Journal journal;
  private final Council council;
  private final Decider decider;
  private final Supplier<Instant> clock;
  private final StandbyLook standbys;
  private final Occurrences occurrences;
  private final LastPromotion lastPromotion;
  private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
  private Thread promotion;
  private volatile long nextTry = System.nanoTime();

  /** What was seen before the last promotion ended says nothing of what there is to do. */
  private volatile long ended = System.nanoTime();

  private boolean elected;
  private String saying = "";

  Leader(
      MirrorConfig config,
      Journal journal,
      Council council,
      Decider decider,
      Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.council = council;
    this.decider = decider;
    this.clock = clock;
    this.standbys = new StandbyLook(config);
    this.occurrences = new Occurrences(journal, clock);
    this.lastPromotion = new LastPromotion(clock);
  }

  /** What there is to say of the source, for people; empty if nothing. */
  String saying() {
    return saying;
  }

  /** Another one leads. What was begun goes on until that one takes the control. */
  void follow(View view) {
    lastPromotion.note(view.facts());
    elected = false;
    saying = "";
    standbys.forget();
    refuseQuestions();
  }

  void lead(View view, List<Sighting> sightings) {
    lastPromotion.note(view.facts());
    if (!elected) {
      takeOver();
    }
    Decision decision = decide(view, sightings, isPromoting());
    answerQuestions(decision);
    if (isPromoting()) {
      saying = "promoting";
      return;
    }
    if (view.at() - ended < 0) {
      return;
    }
    saying = decision.reason();
    if (resume(view) || decision instanceof Decision.Nothing) {
      standbys.forget();
      occurrences.over();
      return;
    }
    standbys.look(view.facts());
    if (!standbys.complete(source(view)) || decision instanceof Decision.Suspicion) {
      return;
    }
    if (decision instanceof Decision.Promotion found
        && config.failover().mode() == Mode.AUTOMATIC) {
      promote(view, found);
    } else {
      occurrences.report(view, decision);
    }
  }

  /**
   * Whoever led before, and slept since, may have the control, and a decision that is old. From
   * here on it can store nothing any more, unless it takes the control again, and then it asks
   * whether it leads. A change that is under way at somebody's wish is left alone.
   */
  private void takeOver() {
    try (StateStore store = journal.state()) {
      StateStore.Facts facts = store.read();
      if (facts.mirror().filter(it -> it.state() == State.MIRRORING).isPresent()) {
        StateControl control = journal.control();
        control.close();
      }
      forgetThoseLongGone(facts, store);
    }
    elected = true;
    log.info("leads the controllers");
  }

  /** Each process has a report of its own, which nobody else would ever remove. */
  private void forgetThoseLongGone(StateStore.Facts facts, StateStore store) {
    FactChanges changes = new FactChanges();
    facts.roles().stream()
        .filter(it -> it.role().startsWith(RoleReport.CONTROLLER))
        .filter(it -> it.at().isBefore(clock.get().minus(LONG_GONE)))
        .forEach(it -> changes.removeRole(it.role()));
    store.write(changes);
  }

  private Decision decide(View view, List<Sighting> sightings, boolean ours) {
    MirrorFacts facts = facts(view);
    Optional<String> underWay =
        ours || facts.state() == State.MIRRORING
            ? Optional.empty()
            : Optional.of("the mirror is in state " + facts.state());
    return decider.decide(
        new Situation(
            facts.epoch(),
            facts.source(),
            underWay,
            lastPromotion.ago(),
            sightings,
            standbys.candidates(facts.source())));
  }

  boolean isPromoting() {
    return promotion != null && promotion.isAlive();
  }

  private void promote(View view, Decision.Promotion found) {
    Promotion next =
        new Promotion(
            config, journal, facts(view), found.target(), found.reason(), () -> ask(true), clock);
    start(view, next::run, "promoting " + found.target() + ": " + found.reason());
  }

  /** One that a controller began that is gone; returns whether there is one. */
  private boolean resume(View view) {
    Optional<OperationFact> begun =
        view.facts().operations().stream()
            .filter(it -> it.kind() == OperationFact.Kind.AUTOMATIC && !it.isOver())
            .filter(it -> facts(view).target().filter(it.target()::equals).isPresent())
            .filter(it -> PROMOTING.contains(facts(view).state()))
            .reduce((first, second) -> second);
    if (begun.isEmpty() || config.failover().mode() != Mode.AUTOMATIC) {
      return false;
    }
    DatabaseName target = begun.get().target();
    Promotion next =
        new Promotion(
            config, journal, facts(view), target, "begun before", () -> ask(false), clock);
    start(view, next::resume, "completing the promotion of " + target);
    return true;
  }

  private interface Deed {
    void run() throws InterruptedException;
  }

  private void start(View view, Deed deed, String what) {
    if (System.nanoTime() - nextTry < 0) {
      return;
    }
    nextTry = System.nanoTime() + RETRY.toNanos();
    log.warn("{}", what);
    saying = what;
    promotion = new Thread(() -> carryOut(view, deed), "promotion");
    promotion.start();
  }

  private void carryOut(View view, Deed deed) {
    try {
      deed.run();
    } catch (MirrorException.Superseded e) {
      log.info("not promoted: {}", e.getMessage());
    } catch (MirrorException e) {
      log.error("not promoted: {}; {}", e.getMessage(), e.remedy());
      nextTry = System.nanoTime() + RETRY_FAILED.toNanos();
      occurrences.failed(view, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended = System.nanoTime();
    }
  }

  /** From the promotion's thread. */
  private void ask(boolean sourceMustBeDead) throws InterruptedException {
    Question question = new Question(new CompletableFuture<>(), sourceMustBeDead);
    questions.add(question);
    try {
      question.answer().get(CONFIRM_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      question.answer().cancel(false);
      throw new MirrorException.Superseded(
          "nobody knows any more whether this controller leads", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MirrorException known) {
        throw known;
      }
      throw new IllegalStateException("asking whether to go on", e.getCause());
    }
  }

  private void answerQuestions(Decision decision) {
    for (Question question = questions.poll(); question != null; question = questions.poll()) {
      try {
        council.requireLead();
        if (question.sourceMustBeDead() && !(decision instanceof Decision.Promotion)) {
          throw new MirrorException.Superseded(
              decision.reason().isEmpty() ? "the source answers again" : decision.reason());
        }
        question.answer().complete(null);
      } catch (MirrorException e) {
        question.answer().completeExceptionally(e);
      }
    }
  }

  private void refuseQuestions() {
    for (Question question = questions.poll(); question != null; question = questions.poll()) {
      question
          .answer()
          .completeExceptionally(new MirrorException.Superseded("another controller leads by now"));
    }
  }

  private static MirrorFacts facts(View view) {
    return view.facts().mirror().orElseThrow();
  }

  private static DatabaseName source(View view) {
    return facts(view).source();
  }

  /** Whoever is asked to end in the middle of a promotion is given the time for it. */
  @Override
  public void close() {
    refuseQuestions();
    if (promotion != null) {
      try {
        promotion.join(CLOSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      promotion.interrupt();
    }
    standbys.close();
    log.debug("{} leads no more", ProcessName.get());
  }
}
