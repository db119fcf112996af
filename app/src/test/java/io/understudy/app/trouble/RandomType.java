package io.understudy.app.trouble;

import io.understudy.app.harness.Engine;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;

/**
 * A column type and what makes random values of it.
 *
 * @param value makes an SQL expression
 * @param bits an expression, with the column as {@code %s}, that shows more than the value's text;
 *     empty if the text is all
 */
record RandomType(String type, Function<Random, String> value, String bits) {

  static List<RandomType> of(Engine engine) {
    return engine == Engine.POSTGRESQL ? postgres() : mysql();
  }

  private static RandomType type(String type, Function<Random, String> value) {
    return new RandomType(type, value, "");
  }

  private static List<RandomType> mysql() {
    List<RandomType> types = new ArrayList<>();
    String[] integers = {"tinyint", "smallint", "mediumint", "int", "bigint"};
    int[] widths = {8, 16, 24, 32, 64};
    for (int i = 0; i < integers.length; i++) {
      int width = widths[i];
      types.add(type(integers[i], r -> integer(r, width)));
      types.add(type(integers[i] + " unsigned", r -> new BigInteger(width, r).toString()));
    }
    types.add(type("decimal(65,30)", r -> decimal(r, 210, 30)));
    types.add(type("decimal(10,2)", r -> decimal(r, 32, 2)));
    types.add(new RandomType("float", r -> literal(Float.intBitsToFloat(r.nextInt())), "%s * 1e0"));
    types.add(
        new RandomType("double", r -> literal(Double.longBitsToDouble(r.nextLong())), "%s * 1e0"));
    types.add(type("bit(1)", r -> "b'" + r.nextInt(2) + "'"));
    types.add(type("bit(64)", r -> "b'" + new BigInteger(64, r).toString(2) + "'"));
    types.add(type("char(20) CHARACTER SET utf8mb4", r -> mysqlText(word(r, 20))));
    types.add(type("varchar(40) CHARACTER SET latin1", r -> "_latin1 X'" + hex(r, 40) + "'"));
    types.add(type("text CHARACTER SET utf8mb4", r -> mysqlText(word(r, 300))));
    types.add(type("binary(9)", r -> "X'" + hex(r, 9) + "'"));
    types.add(type("varbinary(90)", r -> "X'" + hex(r, 90) + "'"));
    types.add(type("blob", r -> "X'" + hex(r, 900) + "'"));
    types.add(type("date", r -> r.nextInt(9) == 0 ? "'0000-00-00'" : "'" + day(r, 31) + "'"));
    types.add(type("time(6)", r -> "'" + (r.nextBoolean() ? "-" : "") + clock(r, 838) + "'"));
    types.add(type("datetime(3)", r -> "'" + day(r, 31) + " " + clock(r, 23) + "'"));
    types.add(
        type("timestamp(6) NULL", r -> "FROM_UNIXTIME(" + (1 + r.nextInt(2_000_000_000)) + ".25)"));
    types.add(type("year", r -> "" + (1901 + r.nextInt(255))));
    types.add(type("enum('a','it''s','ü,x')", r -> "" + (1 + r.nextInt(3))));
    types.add(type("set('a','b','ü','it''s')", r -> "" + r.nextInt(16)));
    types.add(
        type(
            "json",
            r ->
                "JSON_OBJECT('n', "
                    + r.nextLong()
                    + ", 's', "
                    + mysqlText(word(r, 30))
                    + ", 'a', JSON_ARRAY(NULL, TRUE, 0.5))"));
    return types;
  }

  private static List<RandomType> postgres() {
    List<RandomType> types = new ArrayList<>();
    types.add(type("boolean", r -> "" + r.nextBoolean()));
    types.add(type("smallint", r -> integer(r, 16) + "::smallint"));
    types.add(type("integer", r -> "'" + integer(r, 32) + "'"));
    types.add(type("bigint", r -> "'" + integer(r, 64) + "'"));
    types.add(type("numeric", r -> r.nextInt(9) == 0 ? "'NaN'" : decimal(r, 900, r.nextInt(90))));
    types.add(type("numeric(20,5)", r -> decimal(r, 60, 5)));
    types.add(
        new RandomType(
            "real", r -> "'" + real(Float.intBitsToFloat(r.nextInt())) + "'", "float4send(%s)"));
    types.add(
        new RandomType(
            "double precision",
            r -> "'" + real(Double.longBitsToDouble(r.nextLong())) + "'",
            "float8send(%s)"));
    types.add(type("char(20)", r -> postgresText(word(r, 20))));
    types.add(type("varchar(40)", r -> postgresText(word(r, 40))));
    types.add(type("text", r -> postgresText(word(r, 300))));
    types.add(type("bytea", r -> "'\\x" + hex(r, 900) + "'"));
    types.add(type("date", r -> r.nextInt(9) == 0 ? "'infinity'" : "'" + day(r, 28) + "'"));
    types.add(type("time(6)", r -> "'" + clock(r, 24) + "'"));
    types.add(type("timetz", r -> "'" + clock(r, 24) + "+0" + r.nextInt(10) + ":30'"));
    types.add(type("timestamp", r -> "'" + day(r, 28) + " " + clock(r, 24) + "'"));
    types.add(type("timestamptz", r -> "'" + day(r, 28) + " " + clock(r, 24) + "+02'"));
    types.add(
        type(
            "interval",
            r ->
                "'"
                    + integer(r, 16)
                    + " months "
                    + integer(r, 16)
                    + " days "
                    + clock(r, 99)
                    + "'"));
    types.add(type("uuid", r -> "'" + new java.util.UUID(r.nextLong(), r.nextLong()) + "'"));
    types.add(
        type(
            "inet",
            r -> "'10." + r.nextInt(256) + ".0." + r.nextInt(256) + "/" + r.nextInt(33) + "'"));
    types.add(type("macaddr", r -> "'08:00:2b:01:02:%02x'".formatted(r.nextInt(256))));
    types.add(
        type(
            "bit(8)", r -> "B'" + Integer.toBinaryString(256 + r.nextInt(256)).substring(1) + "'"));
    types.add(type("varbit", r -> "B'" + new BigInteger(1 + r.nextInt(80), r).toString(2) + "'"));
    types.add(type("json", r -> "'{\"n\":  " + r.nextLong() + ", \"n\": 1.50}'"));
    types.add(type("jsonb", r -> "'{\"n\": " + decimal(r, 300, 20) + ", \"a\": [null, true]}'"));
    types.add(
        type("integer[]", r -> "'{{" + integer(r, 32) + ",NULL},{1," + integer(r, 32) + "}}'"));
    types.add(type("text[]", r -> "ARRAY[" + postgresText(word(r, 20)) + ", NULL, '', 'NULL']"));
    types.add(type("int4range", r -> "'[" + r.nextInt(100) + "," + (100 + r.nextInt(100)) + ")'"));
    types.add(type("tsvector", r -> "to_tsvector('simple', 'a b c " + r.nextInt() + "')"));
    types.add(type("point", r -> "point(" + r.nextGaussian() + ", " + r.nextGaussian() + ")"));
    types.add(type("money", r -> "'" + decimal(r, 40, 2) + "'"));
    return types;
  }

  private static String integer(Random random, int bits) {
    return new BigInteger(bits, random).subtract(BigInteger.ONE.shiftLeft(bits - 1)).toString();
  }

  private static String decimal(Random random, int bits, int scale) {
    BigInteger digits = new BigInteger(bits, random);
    return new BigDecimal(random.nextBoolean() ? digits : digits.negate(), scale).toPlainString();
  }

  /** In plain digits or with an exponent; what is no number becomes 0. */
  private static String real(double value) {
    return Double.isFinite(value) ? Double.toString(value).toLowerCase(Locale.ROOT) : "0.0";
  }

  /** Such that MySQL takes it for a floating-point number. */
  private static String literal(double value) {
    return real(value).contains("e") ? real(value) : real(value) + "e0";
  }

  /** Letters of one to four bytes, control characters among them. */
  private static String word(Random random, int most) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      switch (random.nextInt(8)) {
        case 0 -> word.appendCodePoint(0x1F600 + random.nextInt(60));
        case 1 -> word.appendCodePoint(0xE0 + random.nextInt(30));
        case 2 -> word.appendCodePoint(1 + random.nextInt(31));
        case 3 -> word.append("\\'\" ".charAt(random.nextInt(4)));
        default -> word.appendCodePoint('a' + random.nextInt(26));
      }
    }
    return word.toString();
  }

  private static String mysqlText(String text) {
    return "_utf8mb4 X'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
  }

  private static String postgresText(String text) {
    return "convert_from('\\x"
        + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8))
        + "', 'UTF8')";
  }

  private static String hex(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String day(Random random, int days) {
    return String.format(
        Locale.ROOT,
        "%04d-%02d-%02d",
        1 + random.nextInt(9999),
        1 + random.nextInt(12),
        1 + random.nextInt(days));
  }

  private static String clock(Random random, int hours) {
    return String.format(
        Locale.ROOT,
        "%02d:%02d:%02d.%06d",
        random.nextInt(hours),
        random.nextInt(60),
        random.nextInt(60),
        random.nextInt(1_000_000));
  }
}
