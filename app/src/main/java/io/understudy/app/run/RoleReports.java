package io.understudy.app.run;

import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.RoleReport;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the state topic what the roles of this process do: at once when it changes, and every
 * {@link #REFRESH} otherwise, so that status can tell a role that lives from one that was killed.
 * While the brokers are away nothing can be told, and reports that grow old say just that.
 */
final class RoleReports implements AutoCloseable {
  /** How old a living role's report gets at the most. */
  static final Duration REFRESH = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(RoleReports.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  private final StateStore store;
  private final List<SupervisedRole> roles;
  private final Supplier<Instant> clock;
  private final String process = ProcessName.get();
  private final Map<String, RoleReport> told = new HashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "role-reports");

  RoleReports(StateStore store, List<SupervisedRole> roles, Supplier<Instant> clock) {
    this.store = store;
    this.roles = roles;
    this.clock = clock;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      do {
        tell();
      } while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
      tell();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell() {
    try {
      for (SupervisedRole role : roles) {
        SupervisedRole.Status status = role.status();
        RoleReport report =
            new RoleReport(
                role.name(), process, status.state().name(), status.detail(), clock.get());
        RoleReport last = told.get(role.name());
        if (last == null || saysMore(last, report)) {
          store.put(report);
          told.put(role.name(), report);
        }
      }
    } catch (MirrorException e) {
      // Told again at the next look; until then the last report ages, which is what status shows.
      // The roles meet the same trouble, and it is theirs to act on it.
      told.clear();
      log.debug("roles not reported", e);
    }
  }

  private static boolean saysMore(RoleReport last, RoleReport now) {
    return !last.state().equals(now.state())
        || !last.detail().equals(now.detail())
        || !now.at().isBefore(last.at().plus(REFRESH));
  }

  /** Tells the last state of each role, within a bounded time. */
  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(CLOSE_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }
}
