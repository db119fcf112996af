package io.understudy.app.run;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.http.Health;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the roles of this process until it is asked to stop or one of them ends for good. An applier
 * that ends leaves the appliers of other standbys, and the reader, running; anything else ends the
 * process.
 */
public final class Runner implements Health {
  /** Which roles this process plays. */
  public enum Roles {
    ALL,
    READER,
    APPLIER
  }

  private static final Logger log = LoggerFactory.getLogger(Runner.class);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration ROLE_CLOSE_LIMIT = Duration.ofSeconds(4);

  private final MirrorConfig config;
  private final Journal journal;
  private final Roles which;
  private final Optional<DatabaseName> standby;
  private final Supplier<Instant> clock;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private volatile List<SupervisedRole> roles = List.of();

  /**
   * @param standby whose applier to run; empty for all standbys'
   */
  public Runner(
      MirrorConfig config,
      Journal journal,
      Roles which,
      Optional<DatabaseName> standby,
      Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.which = which;
    this.standby = standby;
    this.clock = clock;
  }

  /** Makes {@link #run} return soon; from any thread. */
  public void stop() {
    stop.countDown();
  }

  /**
   * @throws MirrorException what ended a role for good; returns only after {@link #stop()}
   */
  public void run() throws InterruptedException {
    Throwable failure = null;
    try {
      Optional<MirrorFacts> facts = awaitFacts();
      if (facts.isPresent()) {
        start(facts.get());
        awaitEnd();
      }
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
    return known.isEmpty()
        ? List.of("waiting for the journal")
        : known.stream().filter(role -> !role.atWork()).map(Runner::describe).toList();
  }

  private static String describe(SupervisedRole role) {
    SupervisedRole.Status status = role.status();
    return role.name()
        + " "
        + status.state()
        + (status.detail().isEmpty() ? "" : ": " + status.detail());
  }

  /** The facts, as soon as the brokers can be asked; empty if stopped before. */
  private Optional<MirrorFacts> awaitFacts() throws InterruptedException {
    Backoff backoff = backoff();
    while (stop.getCount() > 0) {
      try (StateStore store = journal.state()) {
        MirrorFacts facts = Reigning.require(config.mirror(), store.read().mirror());
        journal.check(facts.journalTopicId());
        return Optional.of(facts);
      } catch (MirrorException.Transient e) {
        log.warn("state=RETRYING why={}", e.getMessage());
        stop.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
      }
    }
    return Optional.empty();
  }

  private void start(MirrorFacts facts) {
    List<SupervisedRole> starting = new ArrayList<>();
    if (which != Roles.APPLIER) {
      Source source = open(Databases.source(config, facts.source(), journal));
      starting.add(supervise(new ReaderRole(config, journal, facts, source)));
    }
    if (which != Roles.READER) {
      for (DatabaseName name : appliers(facts)) {
        Standby database = open(Databases.standby(config, name));
        String owner = ProcessName.get() + "/" + UUID.randomUUID();
        starting.add(supervise(new ApplierRole(config, journal, name, database, owner)));
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

  private List<DatabaseName> appliers(MirrorFacts facts) {
    List<DatabaseName> standbys = config.standbys(facts.source());
    if (standby.isEmpty()) {
      return standbys;
    }
    if (!standbys.contains(standby.get())) {
      throw new MirrorException.Operator(
          standby.get() + " is not a standby of mirror " + config.mirror(),
          "its standbys are " + standbys);
    }
    return List.of(standby.get());
  }

  private SupervisedRole supervise(Role role) {
    return new SupervisedRole(role, backoff(), ROLE_CLOSE_LIMIT, clock);
  }

  private Backoff backoff() {
    return new Backoff(config.retry().initial(), config.retry().max(), new Random());
  }

  private void awaitEnd() throws InterruptedException {
    List<SupervisedRole> running = new ArrayList<>(roles);
    while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      for (SupervisedRole role : roles) {
        if (role.end().isDone() && running.remove(role)) {
          settle(role, running);
        }
      }
    }
  }

  /** A role has ended by itself: ends the process, unless it was one of several appliers. */
  private static void settle(SupervisedRole ended, List<SupervisedRole> running) {
    RuntimeException failure =
        ended
            .end()
            .join()
            .orElseGet(() -> new IllegalStateException(ended.name() + " ended unasked"));
    if (!isApplier(ended) || running.stream().noneMatch(Runner::isApplier)) {
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
    // All are asked to stop before any is waited for.
    List<Thread> closing = new ArrayList<>();
    for (SupervisedRole role : roles) {
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
