package io.understudy.connectors.binlog;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The character sets whose text is known to be read exactly; bytes that are no text are refused.
 */
final class Charsets {
  private static final Set<String> UTF8 = Set.of("utf8mb4", "utf8mb3", "utf8", "ascii");
  private static final String LATIN1 = "latin1";
  private static final char[] LATIN1_TABLE = latin1();

  private Charsets() {}

  static boolean isKnown(String charset) {
    return UTF8.contains(charset) || charset.equals(LATIN1);
  }

  static String decode(String charset, byte[] bytes, int from, int length)
      throws CharacterCodingException {
    if (charset.equals(LATIN1)) {
      char[] chars = new char[length];
      for (int i = 0; i < length; i++) {
        chars[i] = LATIN1_TABLE[bytes[from + i] & 0xFF];
      }
      return new String(chars);
    }
    CharBuffer text =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(bytes, from, length));
    return text.toString();
  }

  /** MySQL's latin1 is Windows-1252, with control characters where that has holes. */
  private static char[] latin1() {
    char[] table = new char[256];
    Charset windows = Charset.forName("windows-1252");
    for (int i = 0; i < table.length; i++) {
      char c = new String(new byte[] {(byte) i}, windows).charAt(0);
      table[i] = c == '\uFFFD' ? (char) i : c;
    }
    return table;
  }
}
