package io.understudy.app.chaos;

import io.understudy.app.harness.Victim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills its victims with -9 at random moments and starts them again, each in a thread of its own,
 * so that any two can be down together. Only a kill of a victim that was seen at work since its
 * last start counts; every fourth one on average comes earlier than that, while it starts. All
 * delays come from one seed; what the processes make of them does not repeat exactly, but the
 * pressure does.
 */
final class KillScheduler implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KillScheduler.class);

  /** How many kills a victim that starts quickly may be ahead of one that starts slowly. */
  private static final int LEAD = 3;

  /** On average, one kill in so many does not wait for work. */
  private static final int EARLY = 4;

  private static final Duration LOOK = Duration.ofMillis(100);

  /** Longer than any start takes while the others die, too. */
  private static final Duration TO_WORK = Duration.ofMinutes(3);

  private final Duration longestLife;
  private final Duration longestDeath;
  private final List<Executioner> executioners;
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);

  /**
   * @param longestLife how long a victim lives at most once it is at work
   */
  KillScheduler(long seed, Duration longestLife, Duration longestDeath, List<Target> targets) {
    this.longestLife = longestLife;
    this.longestDeath = longestDeath;
    Random seeds = new Random(seed);
    this.executioners =
        targets.stream().map(target -> new Executioner(target, seeds.nextLong())).toList();
    executioners.forEach(Thread::start);
  }

  /** How often the least often killed victim was killed at work. */
  int fewestKills() {
    return executioners.stream().mapToInt(one -> one.kills.get()).min().orElseThrow();
  }

  /** Throws what went wrong while killing or starting, if anything did. */
  void check() {
    for (Throwable failure : failures) {
      throw new IllegalStateException("the kill scheduler failed", failure);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    executioners.forEach(
        one ->
            text.append(one.victim.name())
                .append(
                    " killed %d times at work, %d times before; "
                        .formatted(one.kills.get(), one.earlyKills.get())));
    return text.toString();
  }

  /** Ends the killing; everything runs again when this returns. */
  @Override
  public void close() {
    over.countDown();
    for (Executioner one : executioners) {
      Threads.join(one, Duration.ofSeconds(60), one.victim.name() + " does not come back");
    }
  }

  /**
   * A victim, and how one sees without asking it that it is at work.
   *
   * @param work how often the victim was seen to do its work
   * @param enough how often that has to be, after a start
   */
  record Target(Victim victim, Work work, long enough) {}

  /** What a victim, and nobody else, did after it was started. */
  interface Work {
    long since(Instant start);
  }

  private final class Executioner extends Thread {
    private final Target target;
    private final Victim victim;
    private final Random random;
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger earlyKills = new AtomicInteger();

    Executioner(Target target, long seed) {
      super("killer-of-" + target.victim().name());
      this.target = target;
      this.victim = target.victim();
      this.random = new Random(seed);
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        Instant started = Instant.EPOCH;
        boolean early = false;
        while (early || awaitWork(started)) {
          if (!pause(longestLife)) {
            return;
          }
          if (kills.get() >= fewestKills() + LEAD) {
            continue;
          }
          kill(early);
          started = Instant.now();
          victim.start();
          early = random.nextInt(EARLY) == 0;
        }
      } catch (Exception e) {
        failures.add(e);
      }
    }

    /** Returns while the victim is dead. */
    private void kill(boolean early) throws Exception {
      victim.kill();
      if (early) {
        earlyKills.incrementAndGet();
      } else {
        kills.incrementAndGet();
      }
      log.info("{} killed {}", victim.name(), early ? "early" : "for the " + kills + "th time");
      pause(longestDeath);
    }

    /** Waits until the victim works; false when the killing is over. */
    private boolean awaitWork(Instant started) throws InterruptedException {
      long start = System.nanoTime();
      while (target.work().since(started) < target.enough()) {
        if (over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
          return false;
        }
        if (System.nanoTime() - start > TO_WORK.toNanos()) {
          throw new IllegalStateException(
              "%s is not at work %s after its start".formatted(victim.name(), TO_WORK));
        }
      }
      log.info("{} is at work after {} ms", victim.name(), (System.nanoTime() - start) / 1_000_000);
      return true;
    }

    /** Waits up to {@code longest}; false when the killing is over. */
    private boolean pause(Duration longest) throws InterruptedException {
      long millis = (long) (random.nextDouble() * longest.toMillis());
      return !over.await(millis, TimeUnit.MILLISECONDS);
    }
  }
}
