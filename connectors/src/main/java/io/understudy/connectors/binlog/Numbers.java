package io.understudy.connectors.binlog;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Prints numbers as the server does: of all decimals that mean the same number the shortest, with
 * an exponent where the point lies more than 15 digits away and not among the digits. A FLOAT, too:
 * the server itself cuts it to six digits, which would make another number of many.
 */
public final class Numbers {
  private static final int[] DECIMAL_BYTES = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
  private static final int DIGITS = 9;
  private static final int PLAIN = 15;

  private Numbers() {}

  public static String print(double value) {
    if (value == 0) {
      return zero(value);
    }
    int least = Math.abs(value) < Double.MIN_NORMAL ? 1 : 15;
    BigDecimal exact = new BigDecimal(value);
    for (int digits = least; digits < 17; digits++) {
      BigDecimal shorter = round(exact, digits);
      if (shorter.doubleValue() == value) {
        return print(shorter);
      }
    }
    return print(round(exact, 17));
  }

  public static String print(float value) {
    if (value == 0) {
      return zero(value);
    }
    int least = Math.abs(value) < Float.MIN_NORMAL ? 1 : 6;
    BigDecimal exact = new BigDecimal(value);
    for (int digits = least; digits < 9; digits++) {
      BigDecimal shorter = round(exact, digits);
      if ((float) shorter.doubleValue() == value) {
        return print(shorter);
      }
    }
    return print(round(exact, 9));
  }

  private static String zero(double value) {
    return 1 / value < 0 ? "-0" : "0";
  }

  private static BigDecimal round(BigDecimal exact, int digits) {
    return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
  }

  private static String print(BigDecimal value) {
    BigDecimal number = value.stripTrailingZeros();
    int point = number.precision() - number.scale();
    if (point > -PLAIN && (point <= PLAIN || number.precision() > point)) {
      return number.toPlainString();
    }
    String digits = number.unscaledValue().abs().toString();
    return (number.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + "e"
        + (point - 1);
  }

  /**
   * A DECIMAL as the log has it: groups of nine digits, the sign bit and all bits turned if
   * negative.
   */
  static String decimal(Cursor cursor, int precision, int scale, boolean zerofill) {
    int whole = precision - scale;
    int wholeBytes = whole / DIGITS * 4 + DECIMAL_BYTES[whole % DIGITS];
    int scaleBytes = scale / DIGITS * 4 + DECIMAL_BYTES[scale % DIGITS];
    byte[] bytes = cursor.take(wholeBytes + scaleBytes);
    boolean negative = (bytes[0] & 0x80) == 0;
    bytes[0] ^= (byte) 0x80;
    if (negative) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ~bytes[i];
      }
    }
    Cursor digits = new Cursor(bytes);
    StringBuilder text = new StringBuilder();
    group(text, digits, whole % DIGITS);
    for (int i = 0; i < whole / DIGITS; i++) {
      group(text, digits, DIGITS);
    }
    if (!zerofill) {
      int zeros = 0;
      while (zeros < text.length() - 1 && text.charAt(zeros) == '0') {
        zeros++;
      }
      text.delete(0, zeros);
    }
    if (text.isEmpty()) {
      text.append('0');
    }
    if (scale > 0) {
      text.append('.');
      for (int i = 0; i < scale / DIGITS; i++) {
        group(text, digits, DIGITS);
      }
      group(text, digits, scale % DIGITS);
    }
    return negative ? "-" + text : text.toString();
  }

  private static void group(StringBuilder text, Cursor bytes, int digits) {
    if (digits > 0) {
      String group = Long.toString(bytes.big(DECIMAL_BYTES[digits]));
      text.append("0".repeat(Math.max(0, digits - group.length()))).append(group);
    }
  }
}
