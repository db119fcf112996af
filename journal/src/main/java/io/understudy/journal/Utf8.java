package io.understudy.journal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** UTF-8 that stands for its text exactly, or is refused. */
public final class Utf8 {
  private static final int CHUNK_CHARACTERS = 8 * 1024;

  private Utf8() {}

  /**
   * @throws IllegalArgumentException if a surrogate stands alone: UTF-8 has no form for it, and a
   *     replacement character would not be what was meant
   */
  public static byte[] of(String text) {
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

  /** Whether the bytes are valid UTF-8. Takes little memory, whatever their number. */
  public static boolean isValid(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int plain = offset;
    while (plain < end && bytes[plain] >= 0) {
      plain++;
    }
    if (plain == end) {
      return true;
    }
    ByteBuffer rest = ByteBuffer.wrap(bytes, plain, end - plain);
    CharBuffer chunk = CharBuffer.allocate(Math.min(CHUNK_CHARACTERS, end - plain + 1));
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result;
    do {
      chunk.clear();
      result = decoder.decode(rest, chunk, true);
    } while (result.isOverflow());
    return result.isUnderflow();
  }
}
