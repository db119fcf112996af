package io.understudy.connectors.binlog;

import io.understudy.journal.Value;
import java.io.IOException;
import java.util.Arrays;
import java.util.StringJoiner;

/**
 * One column's values in the log, turned into what the server prints. Binary types, BIT among them,
 * stay bytes.
 */
final class Cells {
  private final ColumnType type;
  private final int meta;

  /**
   * @param meta what the log says about the column beyond its code
   */
  Cells(ColumnType type, int meta) {
    this.type = type;
    this.meta = meta;
  }

  Value read(Cursor cursor) throws IOException {
    return switch (type.kind()) {
      case TINYINT -> integer(cursor, 1);
      case SMALLINT -> integer(cursor, 2);
      case MEDIUMINT -> integer(cursor, 3);
      case INT -> integer(cursor, 4);
      case BIGINT -> integer(cursor, 8);
      case DECIMAL ->
          new Value.Text(Numbers.decimal(cursor, meta & 0xFF, meta >> 8, type.zerofill()));
      case FLOAT -> new Value.Text(Numbers.print(Float.intBitsToFloat((int) cursor.little(4))));
      case DOUBLE -> new Value.Text(Numbers.print(Double.longBitsToDouble(cursor.little(8))));
      case BIT -> new Value.Bytes(cursor.take(((meta >> 8) * 8 + (meta & 0xFF) + 7) / 8));
      case CHAR -> text(cursor, fixedLength(cursor));
      case VARCHAR -> text(cursor, (int) cursor.little(meta < 256 ? 1 : 2));
      case TEXT -> text(cursor, Math.toIntExact(cursor.little(meta)));
      // The log leaves out the zeros at the end, which the server fills up again.
      case BINARY ->
          new Value.Bytes(Arrays.copyOf(cursor.take(fixedLength(cursor)), type.length()));
      case VARBINARY -> new Value.Bytes(cursor.take((int) cursor.little(meta < 256 ? 1 : 2)));
      case BLOB -> new Value.Bytes(cursor.take(Math.toIntExact(cursor.little(meta))));
      case DATE -> new Value.Text(Temporals.date(cursor));
      case TIME -> new Value.Text(Temporals.time(cursor, meta));
      case DATETIME -> new Value.Text(Temporals.datetime(cursor, meta));
      case TIMESTAMP -> new Value.Text(Temporals.timestamp(cursor, meta));
      case YEAR -> year((int) cursor.little(1));
      case ENUM -> label((int) cursor.little(meta & 0xFF));
      case SET -> labels(cursor.little(meta & 0xFF));
      case JSON -> json(cursor.take(Math.toIntExact(cursor.little(meta))));
    };
  }

  private Value integer(Cursor cursor, int bytes) {
    long raw = cursor.little(bytes);
    if (!type.unsigned()) {
      int unused = Long.SIZE - 8 * bytes;
      return new Value.Text(Long.toString(raw << unused >> unused));
    }
    String digits = Long.toUnsignedString(raw);
    return new Value.Text(
        type.zerofill()
            ? "0".repeat(Math.max(0, type.length() - digits.length())) + digits
            : digits);
  }

  /** Of CHAR and BINARY, whose greatest length is hidden in the spare bits of the type's code. */
  private int fixedLength(Cursor cursor) {
    int greatest = (meta & 0xFF) | ((((meta >> 8) & 0x30) ^ 0x30) << 4);
    return (int) cursor.little(greatest < 256 ? 1 : 2);
  }

  private Value text(Cursor cursor, int length) throws IOException {
    return new Value.Text(Charsets.decode(type.charset(), cursor.take(length), 0, length));
  }

  private static Value year(int year) {
    return new Value.Text(year == 0 ? "0000" : Integer.toString(1900 + year));
  }

  /** Number 0 is the server's mark of an invalid value, and prints as nothing. */
  private Value label(int number) {
    return new Value.Text(number == 0 ? "" : type.labels().get(number - 1));
  }

  private Value labels(long bits) {
    StringJoiner chosen = new StringJoiner(",");
    for (int i = 0; i < type.labels().size(); i++) {
      if ((bits >>> i & 1) == 1) {
        chosen.add(type.labels().get(i));
      }
    }
    return new Value.Text(chosen.toString());
  }

  private static Value json(byte[] json) throws IOException {
    return new Value.Text(json.length == 0 ? "null" : JsonText.of(json));
  }
}
