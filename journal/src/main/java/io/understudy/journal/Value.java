package io.understudy.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One column's value in one change, as the source prints it. */
public sealed interface Value {
  Value NULL = new Null();
  Value UNCHANGED = new Unchanged();

  /** Bytes this value takes in memory and on the wire, roughly; limits are counted with it. */
  int size();

  /**
   * The source's text literal, unquoted, as valid UTF-8: the form in which it travels all the way.
   * The array belongs to this value from here on and must not be written to.
   */
  @SuppressWarnings("ArrayRecordComponent") // equality is by content, below
  record Text(byte[] utf8) implements Value {

    /**
     * @throws IllegalArgumentException if a surrogate stands alone: UTF-8 has no form for it, and a
     *     replacement character would not be what the source printed
     */
    public Text(String text) {
      this(Utf8.of(text));
    }

    public String text() {
      return new String(utf8, StandardCharsets.UTF_8);
    }

    @Override
    public int size() {
      return utf8.length + 5;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Text that && Arrays.equals(utf8, that.utf8);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(utf8);
    }

    /** Without the value: changes and records are printed in messages and logs. */
    @Override
    public String toString() {
      return "Text[" + utf8.length + "]";
    }
  }

  /**
   * The content of a binary type. The array belongs to this value from here on and must not be
   * written to.
   */
  @SuppressWarnings("ArrayRecordComponent") // equality is by content, below
  record Bytes(byte[] bytes) implements Value {
    @Override
    public int size() {
      return bytes.length + 5;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Bytes[" + bytes.length + "]";
    }
  }

  /** SQL NULL. */
  record Null() implements Value {
    @Override
    public int size() {
      return 1;
    }
  }

  /**
   * The log does not say: a large value that the change left alone, or a column that does not
   * identify the row.
   */
  record Unchanged() implements Value {
    @Override
    public int size() {
      return 1;
    }
  }
}
