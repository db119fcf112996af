package io.understudy.journal.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A set of MySQL's global transaction identifiers, as {@code gtid_executed} prints one: servers'
 * UUIDs, each with intervals of transaction numbers. Kept in canonical form, so that equal sets are
 * equal objects and print alike. Tagged identifiers (MySQL 8.3) are not known to it.
 */
public final class GtidSet {
  public static final GtidSet EMPTY = new GtidSet(Map.of());
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** Transactions {@code from} to {@code to}, both included. */
  private record Interval(long from, long to) {
    Interval {
      if (from < 1 || to < from) {
        throw new IllegalArgumentException("no interval of transactions: " + from + "-" + to);
      }
    }

    @Override
    public String toString() {
      return from == to ? Long.toString(from) : from + "-" + to;
    }
  }

  private final Map<String, List<Interval>> servers;

  private GtidSet(Map<String, List<Interval>> servers) {
    this.servers = servers;
  }

  /**
   * @throws IllegalArgumentException if {@code text} is not a set of untagged identifiers; the
   *     empty text is the empty set
   */
  public static GtidSet parse(String text) {
    Map<String, List<Interval>> servers = new TreeMap<>();
    for (String part : text.replaceAll("\\s", "").split(",", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      String[] fields = part.split(":", -1);
      String uuid = fields[0].toLowerCase(Locale.ROOT);
      if (!UUID.matcher(uuid).matches() || fields.length < 2) {
        throw new IllegalArgumentException("'" + part + "' is not a MySQL GTID set");
      }
      List<Interval> intervals = servers.computeIfAbsent(uuid, server -> new ArrayList<>());
      for (int i = 1; i < fields.length; i++) {
        intervals.add(interval(part, fields[i]));
      }
    }
    servers.replaceAll((uuid, intervals) -> merged(intervals));
    return new GtidSet(servers);
  }

  private static Interval interval(String part, String text) {
    try {
      int dash = text.indexOf('-');
      return dash < 0
          ? new Interval(Long.parseLong(text), Long.parseLong(text))
          : new Interval(
              Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + part + "' is not a MySQL GTID set without tags: " + text, e);
    }
  }

  private static List<Interval> merged(List<Interval> intervals) {
    List<Interval> sorted = new ArrayList<>(intervals);
    sorted.sort((a, b) -> Long.compare(a.from, b.from));
    List<Interval> merged = new ArrayList<>();
    for (Interval next : sorted) {
      int end = merged.size() - 1;
      if (end >= 0 && next.from - 1 <= merged.get(end).to) {
        Interval last = merged.get(end);
        merged.set(end, new Interval(last.from, Math.max(last.to, next.to)));
      } else {
        merged.add(next);
      }
    }
    return List.copyOf(merged);
  }

  /** This set and one transaction more. */
  public GtidSet plus(String uuid, long number) {
    Map<String, List<Interval>> more = new TreeMap<>(servers);
    List<Interval> intervals =
        new ArrayList<>(more.getOrDefault(uuid.toLowerCase(Locale.ROOT), List.of()));
    intervals.add(new Interval(number, number));
    more.put(uuid.toLowerCase(Locale.ROOT), merged(intervals));
    return new GtidSet(more);
  }

  /** Whether every transaction of {@code other} is one of this set. */
  public boolean includes(GtidSet other) {
    return other.servers.entrySet().stream()
        .allMatch(
            server ->
                server.getValue().stream()
                    .allMatch(
                        interval ->
                            servers.getOrDefault(server.getKey(), List.of()).stream()
                                .anyMatch(
                                    own -> own.from <= interval.from && interval.to <= own.to)));
  }

  public boolean isEmpty() {
    return servers.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GtidSet that && servers.equals(that.servers);
  }

  @Override
  public int hashCode() {
    return servers.hashCode();
  }

  @Override
  public String toString() {
    return servers.entrySet().stream()
        .map(
            server ->
                server.getKey()
                    + ":"
                    + server.getValue().stream()
                        .map(Interval::toString)
                        .collect(Collectors.joining(":")))
        .collect(Collectors.joining(","));
  }
}
