package io.understudy.app.harness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the checker found wrong, grouped by what was checked. Safe for use by several threads. Keeps
 * the first few of each kind and counts the rest: a mirror that diverged does so a million times.
 */
public final class Findings {
  private static final int KEPT = 8;
  private final Map<String, List<String>> kept = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new LinkedHashMap<>();

  public synchronized void add(String check, String finding) {
    counts.merge(check, 1, Integer::sum);
    List<String> list = kept.computeIfAbsent(check, ignored -> new ArrayList<>());
    if (list.size() < KEPT) {
      list.add(finding);
    }
  }

  /** The checks that found something. */
  public synchronized List<String> checks() {
    return List.copyOf(counts.keySet());
  }

  public synchronized boolean isEmpty() {
    return counts.isEmpty();
  }

  @Override
  public synchronized String toString() {
    if (counts.isEmpty()) {
      return "no findings";
    }
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (check, count) -> {
          text.append(check).append(": ").append(count).append(" finding(s)\n");
          kept.get(check).forEach(finding -> text.append("  ").append(finding).append('\n'));
        });
    return text.toString();
  }
}
