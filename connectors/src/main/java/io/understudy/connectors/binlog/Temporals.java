package io.understudy.connectors.binlog;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Prints dates and times as the server does. Nothing passes through a Java date, so that zero
 * dates, dates with a zero month or day, and dates that no calendar has stay what they are.
 */
final class Temporals {
  private static final long TIME_OFFSET = 0x800000L;
  private static final long DATETIME_OFFSET = 0x8000000000L;

  private Temporals() {}

  static String date(Cursor cursor) {
    int value = (int) cursor.little(3);
    StringBuilder text = new StringBuilder(10);
    date(text, value >> 9, value >> 5 & 15, value & 31);
    return text.toString();
  }

  static String time(Cursor cursor, int fraction) {
    int bytes = (fraction + 1) / 2;
    long whole = cursor.big(3) - TIME_OFFSET;
    long part = cursor.big(bytes);
    long packed = (whole << (8 * bytes)) + part; // one signed number: a negative one borrows
    boolean negative = packed < 0;
    long positive = Math.abs(packed);
    long hms = positive >> (8 * bytes);
    StringBuilder text = new StringBuilder(17);
    if (negative) {
      text.append('-');
    }
    pad(text, (hms >> 12) & 1023, 2);
    text.append(':');
    pad(text, (hms >> 6) & 63, 2);
    text.append(':');
    pad(text, hms & 63, 2);
    fraction(text, positive & ((1L << (8 * bytes)) - 1), fraction);
    return text.toString();
  }

  static String datetime(Cursor cursor, int fraction) {
    long packed = cursor.big(5) - DATETIME_OFFSET;
    long part = cursor.big((fraction + 1) / 2);
    long days = packed >> 17;
    long months = days >> 5;
    long seconds = packed & 0x1FFFF;
    StringBuilder text = new StringBuilder(26);
    date(text, months / 13, months % 13, days & 31);
    clock(text, seconds >> 12, seconds >> 6 & 63, seconds & 63);
    fraction(text, part, fraction);
    return text.toString();
  }

  /** In UTC. Second 0 is the server's zero date, no time of 1970. */
  static String timestamp(Cursor cursor, int fraction) {
    long seconds = cursor.big(4);
    long part = cursor.big((fraction + 1) / 2);
    StringBuilder text = new StringBuilder(26);
    if (seconds == 0 && part == 0) {
      date(text, 0, 0, 0);
      clock(text, 0, 0, 0);
    } else {
      LocalDateTime at = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
      date(text, at.getYear(), at.getMonthValue(), at.getDayOfMonth());
      clock(text, at.getHour(), at.getMinute(), at.getSecond());
    }
    fraction(text, part, fraction);
    return text.toString();
  }

  private static void date(StringBuilder text, long year, long month, long day) {
    pad(text, year, 4);
    text.append('-');
    pad(text, month, 2);
    text.append('-');
    pad(text, day, 2);
  }

  private static void clock(StringBuilder text, long hour, long minute, long second) {
    text.append(' ');
    pad(text, hour, 2);
    text.append(':');
    pad(text, minute, 2);
    text.append(':');
    pad(text, second, 2);
  }

  /**
   * @param part in hundredths, ten-thousandths or millionths, as bytes were spent for it
   */
  private static void fraction(StringBuilder text, long part, int digits) {
    if (digits > 0) {
      text.append('.');
      pad(text, digits % 2 == 0 ? part : part / 10, digits);
    }
  }

  private static void pad(StringBuilder text, long number, int width) {
    String digits = Long.toString(number);
    text.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
  }
}
