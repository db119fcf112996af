package io.understudy.app.init;

import io.understudy.journal.MirrorException;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The same work for many things, several at a time. */
final class Parallel {
  /** How long one that was told to stop may take. */
  private static final long END_SECONDS = 10;

  interface Work<T> {
    void on(T thing) throws InterruptedException;
  }

  private Parallel() {}

  /** Begins in the order of the list. The first failure is thrown, and ends the others. */
  static <T> void each(int threads, List<T> things, Work<T> work) throws InterruptedException {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            threads,
            run -> {
              Thread thread = new Thread(run, "init");
              thread.setDaemon(true);
              return thread;
            });
    try {
      CompletionService<Void> done = new ExecutorCompletionService<>(pool);
      for (T thing : things) {
        done.submit(
            () -> {
              work.on(thing);
              return null;
            });
      }
      for (int i = 0; i < things.size(); i++) {
        done.take().get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof MirrorException known
          ? known
          : new IllegalStateException("a part of the work failed", e.getCause());
    } finally {
      pool.shutdownNow();
      pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    }
  }
}
