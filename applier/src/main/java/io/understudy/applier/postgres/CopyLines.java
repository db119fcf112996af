package io.understudy.applier.postgres;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/**
 * Writes rows as the lines of PostgreSQL's {@code COPY} text format, and hands them over in
 * buffers. Owned by one thread.
 */
final class CopyLines {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final byte[] NULL = {'\\', 'N'};
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final CopyIn copy;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(BUFFER_BYTES + 8 * 1024);

  CopyLines(CopyIn copy) {
    this.copy = copy;
  }

  void write(int[] columns, Row row) throws SQLException {
    for (int i = 0; i < columns.length; i++) {
      if (i > 0) {
        buffer.write('\t');
      }
      write(row.get(columns[i]));
    }
    buffer.write('\n');
    if (buffer.size() >= BUFFER_BYTES) {
      flush();
    }
  }

  void flush() throws SQLException {
    byte[] bytes = buffer.toByteArray();
    copy.writeToCopy(bytes, 0, bytes.length);
    buffer.reset();
  }

  private void write(Value value) {
    if (value instanceof Value.Text text) {
      text(text.text());
    } else if (value instanceof Value.Bytes bytes) {
      bytes(bytes.bytes());
    } else if (value instanceof Value.Null) {
      buffer.writeBytes(NULL);
    } else {
      throw new MirrorException.Invariant(
          "the journal lacks a value of a new row",
          "report this: the reader wrote an incomplete change");
    }
  }

  private void text(String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      switch (b) {
        case '\\' -> escaped('\\');
        case '\t' -> escaped('t');
        case '\n' -> escaped('n');
        case '\r' -> escaped('r');
        default -> buffer.write(b);
      }
    }
  }

  private void bytes(byte[] bytes) {
    escaped('\\');
    buffer.write('x');
    for (byte b : bytes) {
      buffer.write(HEX[b >> 4 & 15]);
      buffer.write(HEX[b & 15]);
    }
  }

  private void escaped(char c) {
    buffer.write('\\');
    buffer.write(c);
  }
}
