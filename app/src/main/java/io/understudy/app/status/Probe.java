package io.understudy.app.status;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Asks one thing of one server, for a limited time. A question that is not answered in time goes on
 * alone, and until it ends no second one is asked: a server that hangs costs one thread. Its
 * answer, should it come, is too old to be shown.
 */
final class Probe<T> {
  private final Supplier<T> question;
  private final Duration limit;
  private final Executor executor;
  private final Supplier<Instant> clock;
  private CompletableFuture<Outcome<T>> current;
  private Instant asked;

  Probe(Supplier<T> question, Duration limit, Executor executor, Supplier<Instant> clock) {
    this.question = question;
    this.limit = limit;
    this.executor = executor;
    this.clock = clock;
  }

  /** Asks now; whoever wants the outcome waits for it with what is returned. */
  synchronized Pending<T> ask() {
    if (current == null || current.isDone()) {
      Instant now = clock.get();
      asked = now;
      current = CompletableFuture.supplyAsync(() -> answer(now), executor);
    }
    CompletableFuture<Outcome<T>> future = current;
    Instant since = asked;
    long deadline = System.nanoTime() + limit.toNanos();
    return () -> await(future, since, deadline);
  }

  private Outcome<T> answer(Instant since) {
    try {
      return Outcome.answered(question.get(), since, clock.get());
    } catch (RuntimeException e) {
      return Outcome.failed(e, since, clock.get());
    }
  }

  private Outcome<T> await(CompletableFuture<Outcome<T>> future, Instant since, long deadline)
      throws InterruptedException {
    try {
      Outcome<T> outcome =
          future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      boolean late = Duration.between(since, outcome.came()).compareTo(limit) > 0;
      return late && outcome.value().isPresent() ? Outcome.late(since, outcome.came()) : outcome;
    } catch (TimeoutException e) {
      return Outcome.late(since, clock.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException("a probe ended with an error", e.getCause());
    }
  }

  /** A question that was asked. */
  @FunctionalInterface
  interface Pending<T> {

    /** The outcome, within the probe's limit from when it was asked. */
    Outcome<T> await() throws InterruptedException;
  }
}
