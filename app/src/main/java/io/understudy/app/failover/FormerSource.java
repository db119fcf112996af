package io.understudy.app.failover;

import io.understudy.applier.Gate;
import io.understudy.applier.Mandate;
import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The source that is being replaced without its help. It is asked on a thread of its own, and never
 * waited for longer than {@link #PATIENCE}: it may accept connections and answer nothing.
 */
final class FormerSource {
  static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Ends ends;
  private final Mandate mandate;
  private final Supplier<Instant> clock;

  FormerSource(Ends ends, Mandate mandate, Supplier<Instant> clock) {
    this.ends = ends;
    this.mandate = mandate;
    this.clock = clock;
  }

  /**
   * What came of shutting it.
   *
   * @param at when it was shut; empty if that is owed
   */
  record Shut(Optional<Instant> at, String said) {}

  /** Whether it answers. */
  static boolean answers(Ends ends) throws InterruptedException {
    return within(
            () -> {
              try {
                ends.source().logEnd();
                return true;
              } catch (MirrorException e) {
                return false; // it is gone, as one that is replaced should be
              }
            })
        .orElse(false);
  }

  /** Shuts it if it answers; one that answers later is shut later all the same. */
  Shut shut() throws InterruptedException {
    Shut none = new Shut(Optional.empty(), ends.sourceName() + " does not answer");
    Optional<Gate> gate = ends.sourceAsStandby().gate();
    if (gate.isEmpty()) {
      return none;
    }
    return within(
            () -> {
              try {
                String said = gate.get().shut(mandate, PATIENCE);
                return new Shut(Optional.of(clock.get()), said);
              } catch (MirrorException.Transient e) {
                return none;
              } catch (MirrorException e) {
                return new Shut(Optional.empty(), e.getMessage() + "; " + e.remedy());
              }
            })
        .orElse(none);
  }

  private static <T> Optional<T> within(Supplier<T> question) throws InterruptedException {
    CompletableFuture<Optional<T>> answer = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                answer.complete(Optional.of(question.get()));
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              }
            },
            "former-source");
    thread.setDaemon(true);
    thread.start();
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking the former source", e.getCause());
    }
  }
}
