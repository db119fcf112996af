package io.understudy.app.chaos;

import io.understudy.app.harness.Victim;
import java.time.Duration;
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
 * so that any two can be down together. All delays come from one seed; what the processes make of
 * them does not repeat exactly, but the pressure does.
 */
final class KillScheduler implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KillScheduler.class);

  /** How many kills a victim that starts quickly may be ahead of one that starts slowly. */
  private static final int LEAD = 3;

  private final Duration longestLife;
  private final Duration longestDeath;
  private final List<Executioner> executioners;
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);

  KillScheduler(long seed, Duration longestLife, Duration longestDeath, List<Victim> victims) {
    this.longestLife = longestLife;
    this.longestDeath = longestDeath;
    Random seeds = new Random(seed);
    this.executioners =
        victims.stream().map(victim -> new Executioner(victim, seeds.nextLong())).toList();
    executioners.forEach(Thread::start);
  }

  /** How often the least often killed victim was killed. */
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
            text.append(one.victim.name()).append(" killed ").append(one.kills).append(" times; "));
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

  private final class Executioner extends Thread {
    private final Victim victim;
    private final Random random;
    private final AtomicInteger kills = new AtomicInteger();

    Executioner(Victim victim, long seed) {
      super("killer-of-" + victim.name());
      this.victim = victim;
      this.random = new Random(seed);
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        while (pause(longestLife)) {
          if (kills.get() < fewestKills() + LEAD) {
            killOnce();
          }
        }
      } catch (Exception e) {
        failures.add(e);
      }
    }

    private void killOnce() throws Exception {
      victim.kill();
      kills.incrementAndGet();
      pause(longestDeath);
      long start = System.nanoTime();
      victim.start();
      log.info(
          "{} killed for the {}th time; started again in {} ms",
          victim.name(),
          kills,
          (System.nanoTime() - start) / 1_000_000);
    }

    /** Waits up to {@code longest}; false when the killing is over. */
    private boolean pause(Duration longest) throws InterruptedException {
      long millis = (long) (random.nextDouble() * longest.toMillis());
      return !over.await(millis, TimeUnit.MILLISECONDS);
    }
  }
}
