package io.understudy.applier.postgres;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/**
 * Writes rows as the lines of PostgreSQL's {@code COPY} text format, through one buffer of fixed
 * size however large a value is. Owned by one thread.
 */
final class CopyLines {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final CopyIn copy;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int used;
  private boolean within;

  CopyLines(CopyIn copy) {
    this.copy = copy;
  }

  /** Goes on with the line by what {@code row} has in {@code columns}. */
  CopyLines values(int[] columns, Row row) throws SQLException {
    for (int column : columns) {
      separate();
      write(row.get(column));
    }
    return this;
  }

  CopyLines number(long number) throws SQLException {
    separate();
    for (byte digit : Long.toString(number).getBytes(StandardCharsets.US_ASCII)) {
      put(digit);
    }
    return this;
  }

  CopyLines nulls(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      separate();
      escaped('N');
    }
    return this;
  }

  void end() throws SQLException {
    put((byte) '\n');
    within = false;
  }

  void flush() throws SQLException {
    copy.writeToCopy(buffer, 0, used);
    used = 0;
  }

  private void separate() throws SQLException {
    if (within) {
      put((byte) '\t');
    }
    within = true;
  }

  private void write(Value value) throws SQLException {
    if (value instanceof Value.Text text) {
      text(text.utf8());
    } else if (value instanceof Value.Bytes bytes) {
      bytes(bytes.bytes());
    } else if (value instanceof Value.Null) {
      escaped('N');
    } else {
      throw new MirrorException.Invariant(
          "the journal lacks a value of a new row",
          "report this: the reader wrote an incomplete change");
    }
  }

  private void text(byte[] utf8) throws SQLException {
    for (byte b : utf8) {
      switch (b) {
        case '\\' -> escaped('\\');
        case '\t' -> escaped('t');
        case '\n' -> escaped('n');
        case '\r' -> escaped('r');
        default -> put(b);
      }
    }
  }

  private void bytes(byte[] bytes) throws SQLException {
    escaped('\\');
    put((byte) 'x');
    for (byte b : bytes) {
      put(HEX[b >> 4 & 15]);
      put(HEX[b & 15]);
    }
  }

  private void escaped(char c) throws SQLException {
    put((byte) '\\');
    put((byte) c);
  }

  private void put(byte b) throws SQLException {
    if (used == buffer.length) {
      flush();
    }
    buffer[used++] = b;
  }
}
