package io.understudy.journal.mysql;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A position by MariaDB's global transaction identifiers, as {@code gtid_binlog_pos} prints one:
 * the last {@code DOMAIN-SERVER-SEQUENCE} of each replication domain. Kept in the order of domains,
 * so that equal lists print alike.
 */
public final class GtidList {
  public static final GtidList EMPTY = new GtidList(Map.of());

  private record Last(long server, long sequence) {}

  private final Map<Long, Last> domains;

  private GtidList(Map<Long, Last> domains) {
    this.domains = domains;
  }

  /**
   * @throws IllegalArgumentException if {@code text} is not a list with one entry a domain; the
   *     empty text is the empty list
   */
  public static GtidList parse(String text) {
    Map<Long, Last> domains = new TreeMap<>();
    for (String part : text.replaceAll("\\s", "").split(",", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      String[] fields = part.split("-", -1);
      try {
        if (fields.length != 3) {
          throw new NumberFormatException("not three numbers");
        }
        Last last =
            new Last(Integer.parseUnsignedInt(fields[1]), Long.parseUnsignedLong(fields[2]));
        long domain = Integer.toUnsignedLong(Integer.parseUnsignedInt(fields[0]));
        if (domains.put(domain, last) != null) {
          throw new NumberFormatException("domain " + domain + " stands twice");
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + text + "' is not a MariaDB GTID list", e);
      }
    }
    return new GtidList(domains);
  }

  /** This list with {@code DOMAIN-SERVER-SEQUENCE} as the last one of its domain. */
  public GtidList with(long domain, long server, long sequence) {
    Map<Long, Last> more = new TreeMap<>(domains);
    more.put(domain, new Last((int) server, sequence));
    return new GtidList(more);
  }

  /** Whether the last one of a domain is that server's, and not lower than {@code sequence}. */
  public boolean isPast(long domain, long server, long sequence) {
    Last last = domains.get(domain);
    return last != null
        && last.server == (int) server
        && Long.compareUnsigned(last.sequence, sequence) >= 0;
  }

  /** Whether each domain of {@code other} is here with at least that sequence. */
  public boolean includes(GtidList other) {
    return other.domains.entrySet().stream()
        .allMatch(
            domain -> {
              Last own = domains.get(domain.getKey());
              return own != null
                  && Long.compareUnsigned(own.sequence, domain.getValue().sequence) >= 0;
            });
  }

  public boolean isEmpty() {
    return domains.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GtidList that && domains.equals(that.domains);
  }

  @Override
  public int hashCode() {
    return domains.hashCode();
  }

  @Override
  public String toString() {
    return domains.entrySet().stream()
        .map(
            domain ->
                domain.getKey()
                    + "-"
                    + Integer.toUnsignedString((int) domain.getValue().server)
                    + "-"
                    + Long.toUnsignedString(domain.getValue().sequence))
        .collect(Collectors.joining(","));
  }
}
