package io.understudy.connectors.binlog;

import com.github.shyiko.mysql.binlog.event.deserialization.ColumnType;
import com.github.shyiko.mysql.binlog.event.deserialization.json.JsonBinary;
import com.github.shyiko.mysql.binlog.event.deserialization.json.JsonFormatter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Locale;

/** Prints MySQL's binary JSON as the server does. */
final class JsonText implements JsonFormatter {
  private final StringBuilder text = new StringBuilder();

  private JsonText() {}

  static String of(byte[] json) throws IOException {
    JsonText printed = new JsonText();
    new Binary(json).parse(printed);
    return printed.text.toString();
  }

  /** With the times that the client's own parser gets wrong. */
  private static final class Binary extends JsonBinary {
    Binary(byte[] json) {
      super(json);
    }

    @Override
    protected void parseTime(JsonFormatter formatter) throws IOException {
      long packed = readInt64();
      long positive = Math.abs(packed);
      long hms = positive >> 24;
      ((JsonText) formatter)
          .quoted(
              String.format(
                  Locale.ROOT,
                  "%s%02d:%02d:%02d.%06d",
                  packed < 0 ? "-" : "",
                  hms >> 12 & 1023,
                  hms >> 6 & 63,
                  hms & 63,
                  positive & 0xFFFFFF));
    }
  }

  @Override
  public void beginObject(int numElements) {
    text.append('{');
  }

  @Override
  public void beginArray(int numElements) {
    text.append('[');
  }

  @Override
  public void endObject() {
    text.append('}');
  }

  @Override
  public void endArray() {
    text.append(']');
  }

  @Override
  public void name(String name) {
    quoted(name);
    text.append(": ");
  }

  @Override
  public void value(String value) {
    quoted(value);
  }

  @Override
  public void value(int value) {
    text.append(value);
  }

  @Override
  public void value(long value) {
    text.append(value);
  }

  @Override
  public void value(double value) {
    String number = Numbers.print(value);
    text.append(number);
    if (number.indexOf('.') < 0 && number.indexOf('e') < 0) {
      text.append(".0");
    }
  }

  @Override
  public void value(BigInteger value) {
    text.append(value);
  }

  @Override
  public void value(BigDecimal value) {
    text.append(value.toPlainString());
  }

  @Override
  public void value(boolean value) {
    text.append(value);
  }

  @Override
  public void valueNull() {
    text.append("null");
  }

  @Override
  public void valueYear(int year) {
    text.append(year);
  }

  @Override
  public void valueDate(int year, int month, int day) {
    quoted(String.format(Locale.ROOT, "%04d-%02d-%02d", year, month, day));
  }

  @Override
  public void valueDatetime(
      int year, int month, int day, int hour, int min, int sec, int microSeconds) {
    quoted(
        String.format(
            Locale.ROOT,
            "%04d-%02d-%02d %02d:%02d:%02d.%06d",
            year,
            month,
            day,
            hour,
            min,
            sec,
            microSeconds));
  }

  @Override
  public void valueTime(int hour, int min, int sec, int microSeconds) {
    throw new IllegalStateException("times are printed by the parser");
  }

  @Override
  public void valueTimestamp(long secondsPastEpoch, int microSeconds) {
    throw new IllegalStateException("the server has no such value in JSON");
  }

  @Override
  public void valueOpaque(ColumnType type, byte[] value) {
    quoted("base64:type" + type.getCode() + ":" + Base64.getEncoder().encodeToString(value));
  }

  @Override
  public void nextEntry() {
    text.append(", ");
  }

  private void quoted(String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < 0x20) {
            text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
