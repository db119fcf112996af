package io.understudy.app.chaos;

import java.time.Instant;
import java.util.concurrent.ConcurrentSkipListMap;

/** When something happened, and how often since. Safe for use by several threads. */
final class Moments {
  private final ConcurrentSkipListMap<Long, Long> byMillis = new ConcurrentSkipListMap<>();

  void add(long epochMillis) {
    byMillis.merge(epochMillis, 1L, Long::sum);
  }

  /** How often it happened after {@code start}. */
  long since(Instant start) {
    return byMillis.tailMap(start.toEpochMilli(), false).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
