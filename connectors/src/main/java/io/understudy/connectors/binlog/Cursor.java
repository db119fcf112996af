package io.understudy.connectors.binlog;

import java.util.BitSet;

/** Reads the body of one event. The bytes are shared, not copied. */
final class Cursor {
  private final byte[] bytes;
  private int at;

  Cursor(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  int remaining() {
    return bytes.length - at;
  }

  void skip(int count) {
    require(count);
    at += count;
  }

  /** Unsigned, lowest byte first. */
  long little(int count) {
    require(count);
    long value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | (bytes[at + i] & 0xFF);
    }
    at += count;
    return value;
  }

  /** Unsigned, highest byte first. */
  long big(int count) {
    require(count);
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 8 | (bytes[at + i] & 0xFF);
    }
    at += count;
    return value;
  }

  byte[] take(int count) {
    require(count);
    byte[] taken = java.util.Arrays.copyOfRange(bytes, at, at + count);
    at += count;
    return taken;
  }

  /** MySQL's integer of one, three, four or nine bytes. */
  int packed() {
    int first = (int) little(1);
    return switch (first) {
      case 0xFC -> (int) little(2);
      case 0xFD -> (int) little(3);
      case 0xFE -> Math.toIntExact(little(8));
      default -> first;
    };
  }

  BitSet bits(int count) {
    return BitSet.valueOf(take((count + 7) / 8)).get(0, count); // the last byte may be filled up
  }

  private void require(int count) {
    if (count < 0 || count > bytes.length - at) {
      throw new IllegalArgumentException(
          "an event of " + bytes.length + " bytes ends before byte " + (at + (long) count));
    }
  }
}
