package io.understudy.app.run;

import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs a role on a thread of its own, and tries again, for as long as it takes, when something it
 * needs is away. This is the one place where anything is retried. Every other failure ends the role
 * for good.
 */
final class SupervisedRole implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SupervisedRole.class);

  /** What a role does, since when, and why. */
  record Status(RoleState state, String detail, Instant since) {}

  private static final Duration LOOK_AT_DECISION = Duration.ofMillis(500);

  private final Role role;
  private final Backoff backoff;
  private final Duration closeTimeout;
  private final Supplier<Instant> clock;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CompletableFuture<Optional<RuntimeException>> end = new CompletableFuture<>();
  private final Thread thread;
  private volatile Status status;

  /**
   * @param closeTimeout how long {@link #close()} waits for the role to end
   */
  SupervisedRole(Role role, Backoff backoff, Duration closeTimeout, Supplier<Instant> clock) {
    this.role = role;
    this.backoff = backoff;
    this.closeTimeout = closeTimeout;
    this.clock = clock;
    this.status = new Status(RoleState.STARTING, "", clock.get());
    this.thread = new Thread(this::supervise, role.name());
  }

  void start() {
    thread.start();
  }

  String name() {
    return role.name();
  }

  Status status() {
    return status;
  }

  /** Whether the role does what it is for. */
  boolean atWork() {
    return status.state() == role.working();
  }

  /** Completes when the role has ended: with what it failed of, or empty if it was asked to. */
  CompletableFuture<Optional<RuntimeException>> end() {
    return end;
  }

  private void supervise() {
    try {
      while (stop.getCount() > 0 && tryOnce()) {
        stop.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
      }
      become(RoleState.STOPPED, "");
      end.complete(Optional.empty());
    } catch (InterruptedException e) {
      become(RoleState.STOPPED, "interrupted");
      end.complete(Optional.empty());
    } catch (RuntimeException e) {
      become(RoleState.FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
      end.complete(Optional.of(e));
    } catch (Error e) {
      end.complete(Optional.of(new IllegalStateException(role.name() + " died of " + e, e)));
      throw e;
    }
  }

  /** Returns whether to try again. */
  private boolean tryOnce() throws InterruptedException {
    try {
      role.run(
          () -> {
            backoff.reset();
            become(role.working(), role.detail());
          });
      return false;
    } catch (MirrorException.Held e) {
      become(RoleState.HELD, e.getMessage() + "; " + e.remedy());
      backoff.reset(); // somebody may be waiting for it
      stop.await(LOOK_AT_DECISION.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (MirrorException.Transient e) {
      become(RoleState.RETRYING, e.getMessage());
      return true;
    }
  }

  private void become(RoleState next, String why) {
    RoleState from = status.state();
    if (!from.leadsTo(next)) {
      throw new IllegalStateException(role.name() + " cannot go from " + from + " to " + next);
    }
    boolean news = next != from || !why.equals(status.detail());
    status = new Status(next, why, next == from ? status.since() : clock.get());
    if (news) {
      boolean trouble = next == RoleState.RETRYING || next == RoleState.FAILED;
      log.atLevel(trouble ? Level.WARN : Level.INFO)
          .log(
              "role={} state={} from={}{}",
              role.name(),
              next,
              from,
              why.isEmpty() ? "" : " why=" + why);
    }
  }

  /** Stops the role and waits, within bounds; after that it is interrupted and left. */
  @Override
  public void close() {
    stop.countDown();
    role.stop();
    try {
      thread.join(closeTimeout.toMillis());
      if (thread.isAlive()) {
        log.warn("role={} did not end within {}; interrupting it", role.name(), closeTimeout);
        thread.interrupt();
        thread.join(closeTimeout.toMillis());
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
