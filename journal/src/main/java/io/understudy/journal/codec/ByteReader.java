package io.understudy.journal.codec;

import io.understudy.journal.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Takes apart what {@link ByteWriter} wrote, and refuses everything else: each length is checked
 * against what is left before anything is allocated, and each value must have its one form.
 */
final class ByteReader {
  private final byte[] bytes;
  private final int end;
  private int at;

  ByteReader(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  int at() {
    return at;
  }

  int octet() {
    if (at == end) {
      throw new Malformed(at, "the record ends too early");
    }
    return bytes[at++] & 0xFF;
  }

  long varint() {
    int start = at;
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int octet = octet();
      if (shift == 63 && octet > 1) {
        throw new Malformed(start, "a number has more than 64 bits");
      }
      value |= (long) (octet & 0x7F) << shift;
      if (octet < 0x80) {
        if (octet == 0 && shift > 0) {
          throw new Malformed(start, "a number is not in its shortest form");
        }
        return value;
      }
    }
  }

  /** A number from 0 to 2^63 - 1. */
  long counter() {
    int start = at;
    long value = varint();
    if (value < 0) {
      throw new Malformed(start, "a counter is above 2^63 - 1");
    }
    return value;
  }

  long zigzag() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** A count of things of which each takes at least {@code each} bytes. */
  int count(String things, int each) {
    int start = at;
    long value = counter();
    if (value > (end - at) / each) {
      throw new Malformed(start, value + " " + things + " do not fit into what is left");
    }
    return (int) value;
  }

  /** An index below {@code limit}. */
  int index(String thing, int limit) {
    int start = at;
    long value = counter();
    if (value >= limit) {
      throw new Malformed(start, thing + " " + value + " of " + limit);
    }
    return (int) value;
  }

  String text() {
    return text(count("bytes of text", 1));
  }

  private String text(int length) {
    return new String(utf8(length), StandardCharsets.UTF_8);
  }

  /** Valid UTF-8 of so many bytes. */
  byte[] utf8(int length) {
    int start = at;
    byte[] utf8 = blob(length);
    if (!Utf8.isValid(utf8, 0, length)) {
      throw new Malformed(start, "text is not valid UTF-8");
    }
    return utf8;
  }

  byte[] blob(int length) {
    int start = skip(length);
    return Arrays.copyOfRange(bytes, start, start + length);
  }

  void end() {
    if (at != end) {
      throw new Malformed(at, (end - at) + " bytes too many");
    }
  }

  private int skip(int length) {
    if (length > end - at) {
      throw new Malformed(at, length + " bytes do not fit into what is left");
    }
    int start = at;
    at += length;
    return start;
  }
}
