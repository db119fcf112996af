package io.understudy.app.run;

import io.understudy.app.config.MirrorConfig;
import io.understudy.applier.Gate;
import io.understudy.applier.Mandate;
import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.FactChanges;
import io.understudy.journal.kafka.FormerFact;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to a database that was the source. The first thing done to it, as soon as it is reached, is
 * that nobody can write to it. If it holds exactly what the journal holds, it then becomes a
 * standby; if it may hold more, it is kept as it is.
 */
final class FormerRole implements Role {
  private static final Logger log = LoggerFactory.getLogger(FormerRole.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration SESSIONS_LIMIT = Duration.ofSeconds(10);
  private static final Duration SAY_AWAY = Duration.ofSeconds(2);

  private final Journal journal;
  private final MirrorFacts facts;
  private final DatabaseName database;
  private final Standby standby;
  private final Source source;
  private final Knocking knocking;
  private final Supplier<Instant> clock;
  private final CountDownLatch stop = new CountDownLatch(1);
  private FormerFact fact;

  FormerRole(
      MirrorConfig config,
      Journal journal,
      MirrorFacts facts,
      FormerFact fact,
      Supplier<Instant> clock) {
    this.journal = journal;
    this.facts = facts;
    this.fact = fact;
    this.database = fact.database();
    this.standby = Databases.standby(config, database);
    this.source = Databases.source(config, database);
    this.knocking = new Knocking(source, config.failover().probeInterval().dividedBy(4));
    this.clock = clock;
  }

  static boolean is(String name) {
    return name.startsWith("former/");
  }

  static String name(DatabaseName database) {
    return "former/" + database;
  }

  @Override
  public String name() {
    return name(database);
  }

  @Override
  public void run(Runnable atWork) throws InterruptedException {
    Gate gate =
        standby
            .gate()
            .orElseThrow(
                () ->
                    new MirrorException.Operator(
                        database + " was the source; on this engine it is not made read-only yet",
                        "keep it from being written to, and make it a standby: understudy init --again"));
    if (!isThere()) {
      return;
    }
    Mandate mandate = new Mandate(fact.epoch(), Integer.MAX_VALUE);
    boolean returned = fact.way() == FormerFact.Way.RETURN && comeBack(gate, mandate);
    if (!returned) {
      keepShut(gate, mandate);
    }
    atWork.run();
    while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      if (!returned && !gate.isShut()) {
        keepShut(gate, mandate);
      }
    }
  }

  /** Whether it answers; false once stopped. */
  private boolean isThere() throws InterruptedException {
    Optional<String> away = knocking.awaitAnswer(SAY_AWAY);
    if (away.isPresent() && stop.getCount() > 0) {
      throw new MirrorException.Transient(database + " cannot be reached: " + away.get(), null);
    }
    return away.isEmpty();
  }

  private void keepShut(Gate gate, Mandate mandate) throws InterruptedException {
    requireNotBack();
    Instant began = clock.get();
    String said;
    try {
      said = gate.shut(mandate, SESSIONS_LIMIT);
    } catch (MirrorException.Superseded e) {
      requireNotBack(); // it may have come back in this very moment
      throw e;
    }
    log.info("database={} state=FENCED {}", database, said);
    if (fact.shutAt().isEmpty()) {
      Instant now = clock.get();
      fact = fact.shut(now);
      write(new FactChanges().put(fact).put(event(began, now, said)));
    }
  }

  /**
   * Completes what rejoin did, wherever that was interrupted.
   *
   * @throws MirrorException.Superseded if the database is a standby by now, or was one since
   */
  private void requireNotBack() throws InterruptedException {
    String topicId = facts.journalTopicId();
    if (!Formers.wentOn(standby, fact, topicId)) {
      return;
    }
    boolean owed;
    try (StateStore store = journal.state()) {
      owed = Formers.find(store.read(), database).filter(it -> it.isSame(fact)).isPresent();
    }
    if (owed && Formers.follows(standby, fact, topicId)) {
      Formers.forget(source);
      write(new FactChanges().removeFormer(database));
    }
    throw new MirrorException.Superseded(database + " came back, and is no former source");
  }

  private OperationFact event(Instant began, Instant now, String said) {
    String why =
        database + " was the source until " + fact.since() + ", was away since, and was reached";
    OperationFact.Step step =
        new OperationFact.Step(
            facts.state(),
            ProcessName.get(),
            began,
            why,
            Optional.of(Duration.between(began, now)),
            said);
    return OperationFact.aside(
            now + "-fence-" + database,
            OperationFact.Kind.FENCE,
            fact.epoch(),
            facts.source(),
            database,
            began)
        .plus(step)
        .over("nobody can write to " + database);
  }

  /** Whether it is a standby now; not if it holds more than the journal. */
  private boolean comeBack(Gate gate, Mandate mandate) {
    Progress at = Formers.at(fact, facts.journalTopicId());
    if (!Formers.follows(standby, fact, facts.journalTopicId())) {
      gate.shut(mandate, SESSIONS_LIMIT);
      long more = source.logChange().orElseThrow().transactionsBehind(fact.position());
      if (more > 0) {
        log.error(
            "database={} holds {} transactions that are not in the journal: it is fenced",
            database,
            more);
        fact = fact.fenced();
        write(new FactChanges().put(fact));
        return false;
      }
      gate.follow(at);
    }
    source.forget();
    write(new FactChanges().removeFormer(database));
    log.info("database={} is a standby, behind sequence={}", database, at.sequence());
    return true;
  }

  private void write(FactChanges changes) {
    try (StateStore store = journal.state()) {
      store.write(changes);
    }
  }

  @Override
  public RoleState working() {
    return RoleState.FENCED;
  }

  @Override
  public void stop() {
    stop.countDown();
    knocking.close();
  }

  /** Ends its connections; once {@link #run} has returned. */
  void close() {
    standby.close();
    source.close();
  }
}
