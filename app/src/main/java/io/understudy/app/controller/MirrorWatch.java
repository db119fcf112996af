package io.understudy.app.controller;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalEnd;
import io.understudy.journal.kafka.StateStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the mirror's state at a steady pace, and at the end of its journal several times as
 * often, on a thread of its own, because brokers may hang.
 */
final class MirrorWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MirrorWatch.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  /** What comes last counts from when it is noticed. */
  private static final int ENDS_PER_INTERVAL = 4;

  private final Journal journal;
  private final Duration interval;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "mirror-watch");
  private volatile Optional<View> view = Optional.empty();
  private volatile RuntimeException failure;
  private String end = "";

  /**
   * What was seen last.
   *
   * @param at when the look at the facts was begun
   * @param tail what the journal ended with
   * @param still for how long nothing of the source came, up to the last look
   * @param progressed whether that began with something that came
   */
  record View(
      long at,
      StateStore.Facts facts,
      Optional<JournalRecord> tail,
      long since,
      Duration still,
      boolean progressed) {}

  MirrorWatch(Journal journal, Duration interval) {
    this.journal = journal;
    this.interval = interval;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try (StateStore store = journal.state();
        JournalEnd journalEnd = journal.end()) {
      long pause = interval.toMillis() / ENDS_PER_INTERVAL;
      for (int look = 0; look == 0 || !stop.await(pause, TimeUnit.MILLISECONDS); look++) {
        look(store, journalEnd, look % ENDS_PER_INTERVAL == 0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void look(StateStore store, JournalEnd journalEnd, boolean atFacts) {
    try {
      boolean anew = atFacts || view.isEmpty();
      long at = anew ? System.nanoTime() : view.get().at();
      StateStore.Facts facts = anew ? store.read() : view.get().facts();
      long asked = System.nanoTime();
      Optional<JournalRecord> tail =
          facts.mirror().flatMap(it -> journalEnd.look()).map(JournalEntry::record);
      // A reader that takes the journal over writes there, too, but from no further in the log.
      String now =
          tail.map(it -> it.epoch() + "/" + it.position().encoded() + "/" + it.complete())
              .orElse("");
      boolean first = view.isEmpty();
      boolean moved = !now.equals(end);
      long since = first || moved ? System.nanoTime() : view.get().since();
      boolean progressed = !first && (moved || view.get().progressed());
      end = now;
      Duration still = Duration.ofNanos(Math.max(0, asked - since));
      view = Optional.of(new View(at, facts, tail, since, still, progressed));
    } catch (MirrorException.Transient e) {
      log.debug("the journal cannot be looked at", e); // the view does not grow older meanwhile
    }
  }

  /** Empty before the first look. */
  Optional<View> view() {
    if (failure != null) {
      throw failure;
    }
    return view;
  }

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
