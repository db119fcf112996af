package io.understudy.journal.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Grows as it is written to. Each value has exactly one form, so equal records are equal bytes. */
final class ByteWriter {
  private byte[] bytes = new byte[1024];
  private int length;

  int length() {
    return length;
  }

  void octet(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  /** Unsigned, seven bits a byte, least significant first, the top bit set on all but the last. */
  void varint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  /** Signed, small either way: 0, -1, 1, -2, … as 0, 1, 2, 3, …. */
  void zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  void text(String text) {
    blob(utf8(text));
  }

  void blob(byte[] blob) {
    varint(blob.length);
    raw(blob);
  }

  void raw(byte[] blob) {
    reserve(blob.length);
    System.arraycopy(blob, 0, bytes, length, blob.length);
    length += blob.length;
  }

  /** Everything written so far, followed by its CRC32C, most significant byte first. */
  byte[] sealed() {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    int sum = (int) crc.getValue();
    for (int shift = 24; shift >= 0; shift -= 8) {
      octet(sum >>> shift);
    }
    return content();
  }

  byte[] content() {
    return Arrays.copyOf(bytes, length);
  }

  /**
   * @throws IllegalArgumentException if a surrogate stands alone: UTF-8 has no form for it, and a
   *     replacement character would not be what the source printed
   */
  static byte[] utf8(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isHighSurrogate(text.charAt(i))
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new IllegalArgumentException(
              "text is not valid Unicode: a surrogate stands alone at character " + i);
        }
        i++;
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, 2L * needed));
    }
  }
}
