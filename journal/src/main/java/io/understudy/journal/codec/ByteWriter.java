package io.understudy.journal.codec;

import io.understudy.journal.Utf8;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Grows as it is written to, by chunks that are never copied; large arrays are taken as they are,
 * and must not be written to any more. Each value has exactly one form, so equal records are equal
 * bytes.
 */
final class ByteWriter {
  private static final int FIRST_CHUNK = 1024;
  private static final int LARGEST_CHUNK = 256 * 1024;

  /** From this size on an array is not copied. */
  private static final int LARGE = 64 * 1024;

  private static final int LONGEST_NUMBER = 10;

  private final List<ByteBuffer> parts = new ArrayList<>();
  private long inParts;
  private byte[] chunk = new byte[FIRST_CHUNK];
  private int start;
  private int at;

  void octet(int value) {
    reserve(1);
    chunk[at++] = (byte) value;
  }

  /** Unsigned, seven bits a byte, least significant first, the top bit set on all but the last. */
  void varint(long value) {
    reserve(LONGEST_NUMBER);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      chunk[at++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    chunk[at++] = (byte) rest;
  }

  /** Signed, small either way: 0, -1, 1, -2, … as 0, 1, 2, 3, …. */
  void zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  void text(String text) {
    blob(Utf8.of(text));
  }

  void blob(byte[] blob) {
    varint(blob.length);
    raw(blob);
  }

  void raw(byte[] blob) {
    if (blob.length >= LARGE) {
      endPart();
      add(ByteBuffer.wrap(blob));
      return;
    }
    int first = Math.min(blob.length, chunk.length - at);
    System.arraycopy(blob, 0, chunk, at, first);
    at += first;
    int rest = blob.length - first;
    if (rest > 0) {
      reserve(rest);
      System.arraycopy(blob, first, chunk, at, rest);
      at += rest;
    }
  }

  /** Everything written so far, followed by its CRC32C. Nothing may be written after this. */
  EncodedRecord sealed() {
    endPart();
    return EncodedRecord.sealed(parts, inParts);
  }

  /** A copy of everything written so far. */
  byte[] content() {
    endPart();
    byte[] content = new byte[Math.toIntExact(inParts)];
    ByteBuffer target = ByteBuffer.wrap(content);
    parts.forEach(part -> target.put(part.duplicate()));
    return content;
  }

  /** Room for so many bytes in a row, which are fewer than {@link #LARGE}. */
  private void reserve(int bytes) {
    if (chunk.length - at < bytes) {
      endPart();
      int larger = Math.min(LARGEST_CHUNK, 2 * chunk.length);
      chunk = new byte[Math.max(larger, bytes)];
      start = 0;
      at = 0;
    }
  }

  private void endPart() {
    if (at > start) {
      add(ByteBuffer.wrap(chunk, start, at - start));
      start = at;
    }
  }

  private void add(ByteBuffer part) {
    parts.add(part);
    inParts += part.remaining();
  }
}
