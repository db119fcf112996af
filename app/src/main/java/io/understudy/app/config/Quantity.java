package io.understudy.app.config;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How durations ({@code 500ms}, {@code 7d}) and sizes ({@code 512KiB}) are written. */
public final class Quantity {
  private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*([A-Za-z]*)");
  private static final Map<String, Duration> DURATIONS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));
  private static final Map<String, Long> SIZES =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

  private Quantity() {}

  /**
   * @throws IllegalArgumentException if {@code text} is not a whole number and a unit
   */
  public static Duration duration(String text) {
    Matcher matcher = match(text);
    Duration unit = DURATIONS.get(matcher.group(2));
    if (unit == null) {
      throw new IllegalArgumentException("no unit of time");
    }
    try {
      return unit.multipliedBy(Long.parseLong(matcher.group(1)));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("too long", e);
    }
  }

  /**
   * @return bytes
   * @throws IllegalArgumentException if {@code text} is not a whole number and a unit
   */
  static long size(String text) {
    Matcher matcher = match(text);
    Long unit = SIZES.get(matcher.group(2));
    if (unit == null) {
      throw new IllegalArgumentException("no unit of size");
    }
    try {
      return Math.multiplyExact(unit, Long.parseLong(matcher.group(1)));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("too large", e);
    }
  }

  static Collection<String> unitsOfTime() {
    return DURATIONS.keySet();
  }

  static Collection<String> unitsOfSize() {
    return SIZES.keySet();
  }

  /** A regular expression for a number with one of these units. */
  static String form(Collection<String> units) {
    return "\\d{1,12}\\s*(" + units.stream().sorted().collect(Collectors.joining("|")) + ")";
  }

  private static Matcher match(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a number and a unit");
    }
    return matcher;
  }
}
