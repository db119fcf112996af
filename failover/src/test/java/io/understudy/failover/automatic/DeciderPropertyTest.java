package io.understudy.failover.automatic;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random histories of a source that dies, hangs and comes back, of observers that are cut off from
 * it or from the brokers, or stand still, and of standbys that fall behind. Time goes in steps of
 * 100 ms; the test knows what really happened.
 */
class DeciderPropertyTest {
  private static final int SEEDS = 1_500;
  private static final int STEPS = 600;
  private static final long STEP = 100_000_000L;
  private static final DatabaseName NORTH = new DatabaseName("north");
  private static final DatabaseName SOUTH = new DatabaseName("south");
  private static final Instant BEGIN = Instant.parse("2026-01-01T12:00:00Z");

  /** One observer, with the product's own accounting. */
  private static final class Watcher {
    private final String name;
    private final Silence silence = new Silence(Duration.ofSeconds(3));
    private final boolean[] reached = new boolean[STEPS];
    private final boolean[] awake = new boolean[STEPS];
    private Optional<Instant> seen = Optional.empty();
    private long read = -1;
    private long stillSince;
    private long looked;
    private int journaled = -1;
    private boolean progressed;
    private boolean reachesSource = true;
    private boolean reachesBrokers = true;
    private boolean running = true;
    private final int phase;

    Watcher(String name, int phase) {
      this.name = name;
      this.phase = phase;
    }

    Observation look(Duration silent) {
      return new Observation(
          name,
          Epoch.FIRST,
          NORTH,
          silent,
          "",
          seen,
          Duration.ofNanos(Math.max(0, looked - stillSince)),
          progressed);
    }
  }

  private record Word(Observation observation, long seen, int at) {}

  private static final class World {
    private final Random random;
    private final Rule rule;
    private final List<Watcher> watchers = new ArrayList<>();
    private final List<Word> words = new ArrayList<>();
    private final boolean[] alive = new boolean[STEPS];
    private final int[] journal = new int[STEPS];
    private final Sightings sightings = new Sightings();
    private int heard;
    private boolean sourceLives = true;
    private boolean readerWorks = true;
    private boolean standbyFollows = true;
    private int applied;
    private int promotions;
    private int lastPromotion = -1;
    private int firstPromotion = -1;

    World(int seed) {
      random = new Random(seed);
      int observers = 1 + random.nextInt(5);
      rule =
          new Rule(
              Duration.ofSeconds(2 + random.nextInt(4)),
              1 + random.nextInt(3),
              Duration.ofSeconds(2 + random.nextInt(8)),
              Duration.ofSeconds(10 + random.nextInt(20)),
              Duration.ofSeconds(3),
              Duration.ofMinutes(1));
      for (int i = 0; i < observers; i++) {
        watchers.add(new Watcher("w" + i, random.nextInt(10)));
      }
    }

    private boolean flip(boolean now, int often) {
      return random.nextInt(often) == 0 ? !now : now;
    }

    void run(boolean calm) {
      for (int at = 0; at < STEPS; at++) {
        if (!calm) {
          sourceLives = flip(sourceLives, sourceLives ? 200 : 80);
          readerWorks = flip(readerWorks, 150);
          standbyFollows = flip(standbyFollows, 150);
          for (Watcher watcher : watchers) {
            watcher.reachesSource = flip(watcher.reachesSource, 150);
            watcher.reachesBrokers = flip(watcher.reachesBrokers, 200);
            watcher.running = flip(watcher.running, 200);
          }
          watchers.get(0).running = true;
        } else if (at == STEPS / 3) {
          sourceLives = false;
        }
        step(at);
      }
    }

    private void step(int at) {
      alive[at] = sourceLives;
      journal[at] = at == 0 ? 0 : journal[at - 1];
      if (sourceLives && readerWorks) {
        journal[at] = at;
      }
      applied = standbyFollows ? journal[at] : applied;
      long now = at * STEP;
      for (Watcher watcher : watchers) {
        watcher.reached[at] = sourceLives && watcher.reachesSource;
        watcher.awake[at] = watcher.running;
        if (watcher.running && at % 10 == watcher.phase) {
          turn(watcher, at, now);
        }
      }
      lead(at, now);
    }

    private void turn(Watcher watcher, int at, long now) {
      watcher.silence.probe(now);
      if (watcher.reached[at]) {
        watcher.silence.answered();
        watcher.seen = Optional.of(BEGIN.plusNanos(now));
      }
      if (!watcher.reachesBrokers) {
        return;
      }
      watcher.read = words.size() - 1L;
      if (journal[at] != watcher.journaled) {
        watcher.progressed = watcher.journaled >= 0;
        watcher.journaled = journal[at];
        watcher.stillSince = now;
      }
      watcher.looked = now;
      words.add(new Word(watcher.look(watcher.silence.at(now)), watcher.read, at));
    }

    /** The first observer leads; while the brokers are away it hears nothing. */
    private void lead(int at, long now) {
      Watcher leader = watchers.get(0);
      if (leader.reachesBrokers) {
        for (; heard < words.size(); heard++) {
          Word word = words.get(heard);
          if (word.observation().observer().equals(leader.name)) {
            sightings.own(heard, word.at() * STEP);
          }
          sightings.take(word.observation(), word.seen(), now);
        }
      }
      List<Candidate> candidates =
          List.of(
              new Candidate(SOUTH, Optional.of(BEGIN.plusNanos(applied * STEP)), Optional.empty()));
      Optional<Duration> since =
          lastPromotion < 0
              ? Optional.empty()
              : Optional.of(Duration.ofNanos((at - lastPromotion) * STEP));
      Decision decision =
          new Decider(rule)
              .decide(
                  new Situation(
                      Epoch.FIRST,
                      NORTH,
                      Optional.empty(),
                      since,
                      sightings.at(now, rule.memory()),
                      candidates));
      if (decision instanceof Decision.Promotion) {
        requireRight(at, decision);
        promotions++;
        firstPromotion = firstPromotion < 0 ? at : firstPromotion;
        lastPromotion = at;
      }
    }

    private void requireRight(int at, Decision decision) {
      int window = (int) (rule.window().toNanos() / STEP);
      int freshness = (int) (rule.freshness().toNanos() / STEP);
      long agreeing = watchers.stream().filter(it -> sawItDead(it, at, window, freshness)).count();
      assertThat(agreeing)
          .as("%s", decision)
          .isGreaterThanOrEqualTo(rule.minObservers())
          .isGreaterThan(spokeRecently(at) / 2);
      if (lastPromotion >= 0) {
        assertThat(Duration.ofNanos((at - lastPromotion) * STEP))
            .isGreaterThanOrEqualTo(rule.holdDown());
      }
      int lastSeen = lastSeen(at);
      assertThat(Duration.ofNanos((lastSeen - applied) * STEP))
          .as("lag")
          .isLessThanOrEqualTo(rule.maxLag());
      boolean still = false;
      for (int end = at; end >= Math.max(window, at - freshness); end--) {
        still |= journal[end] == journal[end - window];
      }
      assertThat(still).as("the journal was still for a window that ended lately").isTrue();
    }

    /** For all of some window that ended lately, at all the times at which it looked. */
    private boolean sawItDead(Watcher watcher, int at, int window, int freshness) {
      for (int end = at; end >= Math.max(window, at - freshness); end--) {
        boolean dead = true;
        for (int i = end - window; i <= end && dead; i++) {
          dead = !(watcher.awake[i] && i % 10 == watcher.phase && watcher.reached[i]);
        }
        if (dead) {
          return true;
        }
      }
      return false;
    }

    private long spokeRecently(int at) {
      return words.stream()
          .filter(it -> it.at() <= at && it.at() > at - 20)
          .map(it -> it.observation().observer())
          .distinct()
          .count();
    }

    private int lastSeen(int at) {
      return words.stream()
          .filter(it -> it.at() <= at && words.indexOf(it) < heard)
          .flatMap(it -> it.observation().sourceTime().stream())
          .map(it -> (int) (Duration.between(BEGIN, it).toNanos() / STEP))
          .max(Integer::compare)
          .orElse(0);
    }
  }

  @Test
  void whateverHappensNothingIsPromotedAgainstTheRule() {
    int promotions = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      World world = new World(seed);
      world.run(false);
      promotions += world.promotions;
    }
    assertThat(promotions).as("histories in which something is promoted").isGreaterThan(SEEDS / 10);
  }

  @Test
  void aSourceThatDiesBeforeTheEyesOfAllIsReplaced() {
    for (int seed = 0; seed < SEEDS; seed++) {
      World world = new World(seed);
      if (world.rule.minObservers() <= world.watchers.size()) {
        world.run(true);
        int died = STEPS / 3;
        int latest = died + (int) ((world.rule.window().toNanos() + 5_000_000_000L) / STEP);
        assertThat(world.promotions).as("seed %s", seed).isPositive();
        assertThat(world.firstPromotion).as("seed %s", seed).isBetween(died, latest);
      }
    }
  }
}
