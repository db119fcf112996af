package io.understudy.connectors.postgres;

import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Reads a line of PostgreSQL's {@code COPY} text format, in UTF-8, as the row that it is. */
final class CopyLine {
  private static final String BINARY = "bytea";

  private CopyLine() {}

  /**
   * @param line with or without its end
   */
  static Row row(Relation relation, byte[] line) {
    List<Value> values = new ArrayList<>(relation.columns().size());
    int at = 0;
    for (Column column : relation.columns()) {
      int end = at;
      while (end < line.length && line[end] != '\t' && line[end] != '\n') {
        end++;
      }
      values.add(value(column, line, at, end));
      at = end + 1;
    }
    return new Row(values);
  }

  private static Value value(Column column, byte[] line, int from, int to) {
    if (to - from == 2 && line[from] == '\\' && line[from + 1] == 'N') {
      return Value.NULL;
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream(to - from);
    for (int i = from; i < to; i++) {
      text.write(line[i] == '\\' ? escaped(line[++i]) : line[i]);
    }
    if (column.type().equals(BINARY)) {
      String hex = text.toString(StandardCharsets.US_ASCII);
      return new Value.Bytes(HexFormat.of().parseHex(hex.substring(2)));
    }
    return new Value.Text(text.toByteArray());
  }

  private static int escaped(byte c) {
    return switch (c) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0B;
      default -> c;
    };
  }
}
