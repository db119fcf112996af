package io.understudy.failover.automatic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the observers said, and how old that may be. No clock of another host is asked: each
 * observation tells how far its observer had read what all say, and whoever had read our own word
 * looked after we sent that. So a message that was on its way for long, or was read late, is known
 * to be old. Owned by one thread; times are monotonic, in nanoseconds.
 */
public final class Sightings {
  private static final int MOST_SENT = 1000;

  private record Heard(Observation observation, long seen, long at) {}

  private final TreeMap<Long, Long> sent = new TreeMap<>();
  private final Map<String, Heard> heard = new LinkedHashMap<>();

  /** Our own word came back, at {@code offset}; it was sent at {@code at}. */
  public void own(long offset, long at) {
    sent.put(offset, at);
    if (sent.size() > MOST_SENT) {
      sent.pollFirstEntry();
    }
  }

  /**
   * @param seen the last offset that its observer had read when it began to look
   */
  public void take(Observation observation, long seen, long now) {
    heard.put(observation.observer(), new Heard(observation, seen, now));
  }

  /** Forgets an observer that took its leave. */
  public void gone(String observer) {
    heard.remove(observer);
  }

  /** The last of each observer, those left out that were silent for longer than {@code memory}. */
  public List<Sighting> at(long now, Duration memory) {
    heard.values().removeIf(it -> now - it.at() > memory.toNanos());
    List<Sighting> all = new ArrayList<>();
    for (Heard last : heard.values()) {
      Map.Entry<Long, Long> before = sent.floorEntry(last.seen());
      Duration age =
          before == null ? Duration.ofDays(1) : Duration.ofNanos(now - before.getValue());
      all.add(new Sighting(last.observation(), age, Duration.ofNanos(now - last.at())));
    }
    return all;
  }
}
