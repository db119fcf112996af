package io.understudy.app.run;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.http.Health;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.journal.Body;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.FormerFact;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the roles of this process, and when the source has changed those of the next reign, until it
 * is asked to stop or one of them ends for good. An applier that ends leaves the appliers of other
 * standbys, and the reader, running; anything else ends the process.
 */
public final class Runner implements Health {
  /** Which roles this process plays. */
  public enum Roles {
    ALL,
    READER,
    APPLIER,
    /** Only watches the source, and may promote a standby. */
    CONTROLLER
  }

  private static final Logger log = LoggerFactory.getLogger(Runner.class);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration LOOK_FOR_CHANGE = Duration.ofSeconds(2);
  private static final Duration ROLE_CLOSE_LIMIT = Duration.ofSeconds(4);

  private final MirrorConfig config;
  private final Journal journal;
  private final Roles which;
  private final Optional<DatabaseName> standby;
  private final Supplier<Instant> clock;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Optional<SupervisedRole> lasting;
  private volatile List<SupervisedRole> roles = List.of();

  /**
   * @param standby whose applier to run; empty for all standbys'
   * @param lasting a role that goes on when the source changes; empty if there is none
   */
  public Runner(
      MirrorConfig config,
      Journal journal,
      Roles which,
      Optional<DatabaseName> standby,
      Optional<Role> lasting,
      Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.which = which;
    this.standby = standby;
    this.clock = clock;
    this.lasting = lasting.map(this::supervise);
  }

  /** Makes {@link #run} return soon; from any thread. */
  public void stop() {
    stop.countDown();
  }

  /**
   * @throws MirrorException what ended a role for good; returns only after {@link #stop()}
   */
  public void run() throws InterruptedException {
    Optional<RoleReports> reports =
        lasting.map(it -> new RoleReports(journal.state(), List.of(it), clock));
    try {
      lasting.ifPresent(SupervisedRole::start);
      reports.ifPresent(RoleReports::start);
      boolean changed = true;
      while (changed && stop.getCount() > 0) {
        changed = reign();
      }
    } finally {
      lasting.ifPresent(SupervisedRole::close);
      reports.ifPresent(RoleReports::close);
    }
  }

  /** From one change of the source to the next; returns whether there was one. */
  private boolean reign() throws InterruptedException {
    Throwable failure = null;
    try {
      Optional<StateStore.Facts> facts = awaitFacts();
      if (facts.isEmpty()) {
        return false;
      }
      start(facts.get());
      return awaitEnd(facts.get().mirror().orElseThrow());
    } catch (RuntimeException | InterruptedException e) {
      failure = e;
      throw e;
    } finally {
      closeAll(failure);
    }
  }

  /** All roles, once none of them runs any more; one that failed beside others is not ready. */
  @Override
  public List<String> failed() {
    List<SupervisedRole> known = roles;
    boolean over = !known.isEmpty() && known.stream().allMatch(role -> role.end().isDone());
    return over ? known.stream().map(Runner::describe).toList() : List.of();
  }

  @Override
  public List<String> notReady() {
    List<SupervisedRole> known = roles;
    return known.isEmpty() && which != Roles.CONTROLLER
        ? List.of("waiting for the journal, or for a source")
        : Stream.concat(known.stream(), lasting.stream())
            .filter(role -> !role.atWork() && !FormerRole.is(role.name()))
            .map(Runner::describe)
            .toList();
  }

  private static String describe(SupervisedRole role) {
    SupervisedRole.Status status = role.status();
    return role.name()
        + " "
        + status.state()
        + (status.detail().isEmpty() ? "" : ": " + status.detail());
  }

  /** The facts, as soon as the brokers can be asked and there is a source; empty if stopped. */
  private Optional<StateStore.Facts> awaitFacts() throws InterruptedException {
    Backoff backoff = backoff();
    boolean told = false;
    try (StateStore store = journal.state()) {
      while (stop.getCount() > 0) {
        try {
          StateStore.Facts facts = store.read();
          if (!Reigning.isChanging(facts.mirror()) && !isSealed(facts.mirror())) {
            requireRunnable(facts);
            journal.check(facts.mirror().orElseThrow().journalTopicId());
            return Optional.of(facts);
          }
          if (!told) {
            log.info("state={} waiting for the source to change", facts.mirror().get().state());
            told = true;
          }
          lasting.filter(it -> it.end().isDone()).ifPresent(it -> settle(it, List.of()));
          stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (MirrorException.Transient e) {
          log.warn("state=RETRYING why={}", e.getMessage());
          stop.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    }
    return Optional.empty();
  }

  /** Whether the epoch is over, though its end is not stored yet. */
  private boolean isSealed(Optional<MirrorFacts> facts) {
    return facts.isPresent()
        && facts.get().state() == MirrorFacts.State.SEALING
        && journal.tail().filter(entry -> entry.record().body() instanceof Body.Seal).isPresent();
  }

  /** A former source that nobody has fenced yet is a reason to run, if there were no other. */
  private void requireRunnable(StateStore.Facts facts) {
    boolean alone =
        facts.mirror().filter(it -> it.state() == MirrorFacts.State.PROMOTED).isPresent();
    if (!alone || facts.formers().isEmpty()) {
      Reigning.require(config.mirror(), facts.mirror());
    }
  }

  private void start(StateStore.Facts known) {
    MirrorFacts facts = known.mirror().orElseThrow();
    List<SupervisedRole> starting = new ArrayList<>();
    for (FormerFact former : known.formers()) {
      if (config.databases().containsKey(former.database())) {
        FormerRole role = new FormerRole(config, journal, facts, former, clock);
        opened.push(role::close);
        starting.add(new SupervisedRole(role, soon(), ROLE_CLOSE_LIMIT, clock));
      }
    }
    boolean mirrors = facts.state() != MirrorFacts.State.PROMOTED;
    if (mirrors && (which == Roles.ALL || which == Roles.READER)) {
      Source source = open(Databases.source(config, facts.source(), journal));
      starting.add(supervise(new ReaderRole(config, journal, facts, source)));
    }
    if (mirrors && (which == Roles.ALL || which == Roles.APPLIER)) {
      for (DatabaseName name : appliers(facts, known.formers())) {
        Standby database = open(Databases.standby(config, name));
        String owner = ProcessName.get() + "/" + UUID.randomUUID();
        starting.add(
            supervise(new ApplierRole(config, journal, facts.epoch(), name, database, owner)));
      }
    }
    roles = List.copyOf(starting);
    RoleReports reports = new RoleReports(open(journal.state()), roles, clock);
    opened.push(reports);
    for (SupervisedRole role : roles) {
      role.start();
    }
    reports.start();
  }

  private List<DatabaseName> appliers(MirrorFacts facts, List<FormerFact> formers) {
    List<DatabaseName> standbys = config.standbys(facts.source());
    if (standby.isPresent()) {
      // The one that is the source now may be a standby again one day.
      if (!config.databases().containsKey(standby.get())) {
        throw new MirrorException.Operator(
            standby.get() + " is not a standby of mirror " + config.mirror(),
            "its standbys are " + standbys);
      }
      standbys = standbys.stream().filter(standby.get()::equals).toList();
    }
    return standbys.stream()
        .filter(
            name ->
                formers.stream()
                    .noneMatch(
                        it -> it.database().equals(name) && it.way() == FormerFact.Way.FENCE))
        .toList();
  }

  private SupervisedRole supervise(Role role) {
    return new SupervisedRole(role, backoff(), ROLE_CLOSE_LIMIT, clock);
  }

  /** For what must happen within a probe's interval of being possible. */
  private Backoff soon() {
    Duration longest = config.failover().probeInterval().dividedBy(4);
    return new Backoff(longest.dividedBy(2), longest, new Random());
  }

  private Backoff backoff() {
    return new Backoff(config.retry().initial(), config.retry().max(), new Random());
  }

  /** Returns whether the source changes; false once asked to stop. */
  private boolean awaitEnd(MirrorFacts reign) throws InterruptedException {
    List<SupervisedRole> running = new ArrayList<>(roles);
    long nextLook = System.nanoTime() + LOOK_FOR_CHANGE.toNanos();
    while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      lasting.filter(it -> it.end().isDone()).ifPresent(it -> settle(it, running));
      for (SupervisedRole role : roles) {
        if (role.end().isDone() && running.remove(role)) {
          if (isSuperseded(role) && (isOver(reign) || isBack(role))) {
            return true;
          }
          settle(role, running);
        }
      }
      // A role that is at work notices by itself that its reign is over.
      boolean idle = roles.isEmpty() || roles.stream().anyMatch(role -> !role.atWork());
      if (idle && System.nanoTime() - nextLook > 0) {
        if (isOver(reign) || isBackByOthers()) {
          return true;
        }
        nextLook = System.nanoTime() + LOOK_FOR_CHANGE.toNanos();
      }
    }
    return false;
  }

  private static boolean isSuperseded(SupervisedRole role) {
    return role.end().join().filter(MirrorException.Superseded.class::isInstance).isPresent();
  }

  /** Whether a former source has become a standby, whose applier is to be started. */
  private boolean isBack(SupervisedRole role) {
    if (!FormerRole.is(role.name())) {
      return false;
    }
    try (StateStore store = journal.state()) {
      return store.read().formers().stream()
          .noneMatch(it -> FormerRole.name(it.database()).equals(role.name()));
    } catch (MirrorException.Transient e) {
      log.debug("what is owed to former sources cannot be asked", e);
      return true; // the next reign waits until it can
    }
  }

  /** Whether a former source whose role failed here has become a standby all the same. */
  private boolean isBackByOthers() {
    List<String> failed =
        roles.stream()
            .filter(role -> FormerRole.is(role.name()) && role.end().isDone())
            .map(SupervisedRole::name)
            .toList();
    if (failed.isEmpty()) {
      return false;
    }
    try (StateStore store = journal.state()) {
      List<String> owed =
          store.read().formers().stream().map(it -> FormerRole.name(it.database())).toList();
      return !owed.containsAll(failed);
    } catch (MirrorException.Transient e) {
      log.debug("what is owed to former sources cannot be asked", e);
      return false;
    }
  }

  /** Whether another source reigns, or is about to. While nobody can be asked, that is not so. */
  private boolean isOver(MirrorFacts reign) {
    try (StateStore store = journal.state()) {
      Optional<MirrorFacts> now = store.read().mirror();
      return now.filter(it -> !it.epoch().equals(reign.epoch())).isPresent()
          || Reigning.isChanging(now)
          || isSealed(now);
    } catch (MirrorException.Transient e) {
      log.debug("who is the source cannot be asked", e);
      return false;
    }
  }

  /** A role has ended by itself: ends the process, unless it was one beside others. */
  private static void settle(SupervisedRole ended, List<SupervisedRole> running) {
    RuntimeException failure =
        ended
            .end()
            .join()
            .orElseGet(() -> new IllegalStateException(ended.name() + " ended unasked"));
    boolean beside = isApplier(ended) && running.stream().anyMatch(Runner::isApplier);
    if (!beside && !FormerRole.is(ended.name())) {
      throw failure;
    }
    log.error("role={} ended for good; the others go on", ended.name(), failure);
  }

  private static boolean isApplier(SupervisedRole role) {
    return role.name().startsWith("applier/");
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.push(resource);
    return resource;
  }

  private void closeAll(Throwable failure) {
    List<SupervisedRole> ending = roles;
    roles = List.of();
    // All are asked to stop before any is waited for.
    List<Thread> closing = new ArrayList<>();
    for (SupervisedRole role : ending) {
      Thread thread = new Thread(role::close, "close-" + role.name());
      thread.start();
      closing.add(thread);
    }
    try {
      for (Thread thread : closing) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          log.warn("closing failed", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
  }
}
