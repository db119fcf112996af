package io.understudy.app.chaos;

import io.understudy.app.harness.Findings;
import io.understudy.app.harness.ProductProcess;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The scenario of a process that sleeps through its replacement: freeze it under load, start
 * another one in its role, let that one catch up, wake the first. It has to end with exit code 1
 * and say that it was superseded; the other one goes on, and all is as it should be.
 */
final class StaleProcess {
  static final String STALE = "stale process";
  private static final long LOAD_MILLIS = 3_000;
  private static final Duration CATCH_UP = Duration.ofSeconds(60);
  private static final Duration TO_NOTICE = Duration.ofSeconds(45);

  private StaleProcess() {}

  static void reader(MirrorUnderTest mirror) throws Exception {
    mirror.init();
    mirror.applier("applier").start();
    replace(mirror, mirror.reader("reader-1"), mirror.reader("reader-2"));
  }

  static void applier(MirrorUnderTest mirror) throws Exception {
    mirror.init();
    mirror.reader("reader").start();
    replace(mirror, mirror.applier("applier-1"), mirror.applier("applier-2"));
  }

  private static void replace(MirrorUnderTest mirror, ProductProcess stale, ProductProcess next)
      throws Exception {
    stale.start();
    LedgerClients.load(mirror, 1);
    mirror.checker().awaitCaughtUp(CATCH_UP, mirror::requireRunning);
    try (LedgerClients clients = new LedgerClients(mirror, 2)) {
      Thread.sleep(LOAD_MILLIS);
      stale.pause();
      Thread.sleep(LOAD_MILLIS / 3);
      clients.check();
    }
    next.start();
    LedgerClients.load(mirror, 3);
    mirror.checker().awaitCaughtUp(CATCH_UP, mirror::requireRunning);
    mirror.expectEnd(stale);
    try (LedgerClients clients = new LedgerClients(mirror, 4)) {
      stale.resume();
      judge(mirror.findings(), stale);
      clients.check();
    }
    mirror.check(CATCH_UP);
  }

  private static void judge(Findings findings, ProductProcess stale) throws InterruptedException {
    OptionalInt code = stale.awaitExit(TO_NOTICE);
    if (code.isEmpty()) {
      findings.add(STALE, stale.name() + " still runs " + TO_NOTICE + " after it was woken");
    } else if (code.getAsInt() != 1) {
      findings.add(STALE, stale.name() + " ended with " + code + ":\n" + stale.said());
    } else if (!stale.said().toLowerCase(Locale.ROOT).contains("superseded")) {
      findings.add(STALE, stale.name() + " does not say superseded:\n" + stale.said());
    }
    stale.close();
  }
}
