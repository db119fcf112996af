package io.understudy.app.run;

import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.RoleReport;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells the state topic what the roles of this process do: at once when it changes, and every
 * {@link #REFRESH} otherwise, so that status can tell a role that lives from one that was killed.
 * While the brokers are away nothing can be told, and reports that grow old say just that.
 */
final class RoleReports implements AutoCloseable {
  /** How old a living role's report gets at the most. */
  static final Duration REFRESH = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  private final StateStore store;
  private final List<SupervisedRole> roles;
  private final Supplier<Instant> clock;
  private final String process = ProcessName.get();
  private final Map<String, RoleReport> told = new HashMap<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "role-reports");
            thread.setDaemon(true);
            return thread;
          });

  RoleReports(StateStore store, List<SupervisedRole> roles, Supplier<Instant> clock) {
    this.store = store;
    this.roles = roles;
    this.clock = clock;
  }

  void start() {
    executor.scheduleWithFixedDelay(this::tell, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
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
    } catch (MirrorException.Transient e) {
      // Told again at the next look; until then the last report ages, which is what status shows.
      told.clear();
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
    executor.execute(this::tell);
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
