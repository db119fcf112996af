package io.understudy.applier.mysql;

import io.understudy.applier.Applier;
import io.understudy.applier.ApplierLimits;
import io.understudy.applier.Bank;
import io.understudy.applier.FakeJournal;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** An applier that stops at the journal's end, run as its supervisor would. */
final class Supervised implements AutoCloseable {
  final FakeJournal journal = new FakeJournal();
  final Applier applier;
  final AtomicInteger lost = new AtomicInteger();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  Supervised(StandbyDatabase south, Bank bank) {
    this(south, bank, "me");
    south.follow("init").close();
  }

  Supervised(StandbyDatabase south, Bank bank, String owner) {
    applier =
        new Applier(
            StandbyDatabase.MIRROR,
            new DatabaseName("south"),
            south.standby(),
            journal.holding(bank.entries()).pollLimit(50),
            ApplierLimits.DEFAULT,
            owner);
    journal.atTheEnd(applier::stop);
  }

  Future<Integer> start() {
    Callable<Integer> run = this::runAsSupervised;
    return thread.submit(run);
  }

  /** Returns how often it was run. */
  int runAsSupervised() throws InterruptedException {
    for (int runs = 1; ; runs++) {
      try {
        applier.run(() -> {});
        return runs;
      } catch (MirrorException.Transient e) {
        lost.incrementAndGet();
        Thread.sleep(5);
      }
    }
  }

  long reached() {
    return applier.status().applied().map(p -> p.sequence().value()).orElse(-1L);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
