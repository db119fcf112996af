package io.understudy.journal.postgres;

import io.understudy.journal.Position;
import java.util.OptionalLong;

/**
 * A PostgreSQL log sequence number: the end of a commit record, which is what the server's
 * replication slot is told when the commit is durable elsewhere. Unsigned 64 bits; printed as the
 * server prints it ({@code 16/B374D848}).
 */
public record Lsn(long value) implements Position, Comparable<Lsn> {
  static final String KIND = "postgresql";

  /**
   * @throws IllegalArgumentException if {@code text} is not two hexadecimal numbers of up to 32
   *     bits around a slash
   */
  public static Lsn parse(String text) {
    int slash = text.indexOf('/');
    try {
      if (slash < 1) {
        throw new NumberFormatException("no slash");
      }
      long high = Integer.toUnsignedLong(Integer.parseUnsignedInt(text.substring(0, slash), 16));
      long low = Integer.toUnsignedLong(Integer.parseUnsignedInt(text.substring(slash + 1), 16));
      return new Lsn(high << 32 | low);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a PostgreSQL log sequence number", e);
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String encoded() {
    return toString();
  }

  @Override
  public boolean isAfter(Position other) {
    return compareTo(of(other)) > 0;
  }

  @Override
  public OptionalLong bytesSince(Position earlier) {
    return OptionalLong.of(isAfter(earlier) ? value - of(earlier).value : 0);
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  private static Lsn of(Position other) {
    if (other instanceof Lsn lsn) {
      return lsn;
    }
    throw new IllegalArgumentException(
        "a PostgreSQL position cannot be compared with one of kind " + other.kind());
  }

  @Override
  public String toString() {
    return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
        + "/"
        + Long.toHexString(value & 0xFFFF_FFFFL).toUpperCase(java.util.Locale.ROOT);
  }
}
