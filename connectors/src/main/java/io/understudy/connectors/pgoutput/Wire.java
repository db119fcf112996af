package io.understudy.connectors.pgoutput;

import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.Lsn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads one message of the log field by field, big-endian as PostgreSQL sends them, and never past
 * its end. The array stays the caller's; what is handed out is copied.
 */
final class Wire {
  private final byte[] bytes;
  private final int end;
  private final Lsn behind;
  private int at;

  /**
   * @param behind the last commit before the message, to say where something was wrong
   */
  Wire(byte[] bytes, int from, int to, Lsn behind) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.behind = behind;
  }

  byte int8() {
    need(1);
    return bytes[at++];
  }

  /** Unsigned. */
  int int16() {
    need(2);
    int value = ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
    at += 2;
    return value;
  }

  int int32() {
    need(4);
    int value =
        (bytes[at] << 24)
            | ((bytes[at + 1] & 0xFF) << 16)
            | ((bytes[at + 2] & 0xFF) << 8)
            | (bytes[at + 3] & 0xFF);
    at += 4;
    return value;
  }

  long int64() {
    long high = int32();
    return high << 32 | Integer.toUnsignedLong(int32());
  }

  /** Ended by a zero byte. */
  String string() {
    int from = at;
    while (at < end && bytes[at] != 0) {
      at++;
    }
    need(1);
    return new String(bytes, from, at++ - from, StandardCharsets.UTF_8);
  }

  /** Behind their length. */
  byte[] counted() {
    int from = passCounted();
    return Arrays.copyOfRange(bytes, from, at);
  }

  /** {@code \x} and hexadecimal digits, behind their length. */
  byte[] countedHex() {
    int from = passCounted();
    int digits = at - from - 2;
    if (digits < 0 || digits % 2 != 0 || bytes[from] != '\\' || bytes[from + 1] != 'x') {
      throw broken("holds a binary value that is not printed in hexadecimal digits");
    }
    byte[] value = new byte[digits / 2];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (digit(bytes[from + 2 + 2 * i]) << 4 | digit(bytes[from + 3 + 2 * i]));
    }
    return value;
  }

  /** Passes over counted bytes and returns where they begin. */
  int passCounted() {
    int length = int32();
    if (length < 0) {
      throw broken("holds a value of " + length + " bytes");
    }
    need(length);
    at += length;
    return at - length;
  }

  private int digit(byte c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
    }
    throw broken("holds a binary value that is not printed in hexadecimal digits");
  }

  /** Reads a part of this message. */
  Wire within(byte[] part) {
    return new Wire(part, 0, part.length, behind);
  }

  /** What was not read yet; the message counts as read then. */
  byte[] rest() {
    byte[] rest = Arrays.copyOfRange(bytes, at, end);
    at = end;
    return rest;
  }

  boolean isAtEnd() {
    return at == end;
  }

  /** Where in the array the next field begins. */
  int position() {
    return at;
  }

  void requireEnd() {
    if (at != end) {
      throw broken("has " + (end - at) + " bytes too many");
    }
  }

  private void need(int count) {
    if (end - at < count) {
      throw broken("ends early");
    }
  }

  MirrorException broken(String how) {
    return new MirrorException.Invariant(
        "a message of the source's log behind " + behind + " " + how,
        "report this: nothing of its transaction was journaled");
  }
}
