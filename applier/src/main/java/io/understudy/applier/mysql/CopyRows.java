package io.understudy.applier.mysql;

import io.understudy.journal.MirrorException;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the lines of an initial copy as rows of one table. Owned by one thread. */
final class CopyRows {
  private static final int BUFFER = 64 * 1024;
  private static final int END = -1;

  private final InputStream in;
  private final Target target;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;
  private final ByteArrayOutputStream field = new ByteArrayOutputStream();
  private boolean isNull;

  CopyRows(Target target, InputStream in) {
    this.target = target;
    this.in = in;
  }

  /** The next row; empty at the end. */
  Optional<Row> next() throws IOException {
    int width = target.relation().columns().size();
    List<Value> values = new ArrayList<>(width);
    while (true) {
      int stop = readField();
      if (stop == END && values.isEmpty() && field.size() == 0 && !isNull) {
        return Optional.empty();
      }
      if (values.size() == width || stop == END) {
        throw malformed("a line that does not have " + width + " fields");
      }
      values.add(isNull ? Value.NULL : value(values.size()));
      if (stop == '\n') {
        if (values.size() != width) {
          throw malformed("a line that does not have " + width + " fields");
        }
        return Optional.of(new Row(values));
      }
    }
  }

  private Value value(int column) {
    try {
      return target.copied(column, field.toString(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw malformed("no hex digits in column " + target.relation().columns().get(column).name());
    }
  }

  /** Returns what ended the field: tab, line feed, or the end. */
  private int readField() throws IOException {
    field.reset();
    isNull = false;
    while (true) {
      int c = read();
      if (c == '\t' || c == '\n' || c == END) {
        return c;
      }
      if (c == '\\') {
        escaped(read());
      } else {
        field.write(c);
      }
    }
  }

  private void escaped(int c) {
    switch (c) {
      case 'N' -> isNull = true;
      case 't' -> field.write('\t');
      case 'n' -> field.write('\n');
      case 'r' -> field.write('\r');
      case '\\' -> field.write('\\');
      default -> throw malformed("an unknown escape");
    }
  }

  private int read() throws IOException {
    if (at == end) {
      end = in.read(buffer, 0, BUFFER);
      at = 0;
      if (end <= 0) {
        end = 0;
        return END;
      }
    }
    return buffer[at++] & 0xFF;
  }

  private MirrorException malformed(String what) {
    return new MirrorException.Invariant(
        "the copy of table " + target.relation().table() + " has " + what,
        "report this: the source wrote a wrong copy");
  }
}
