package io.understudy.connectors.mysql;

import io.understudy.testkit.MysqlProduct;
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
 * A column type with values that are hard to carry.
 *
 * @param edges SQL expressions
 * @param random makes one more
 */
record TypeCase(String type, List<String> edges, Function<Random, String> random) {
  private static final String ODD = "tab\t lf\n cr\r bs\\ \\N q' dq\" nul\0 z\032 é€😀 ";

  private static TypeCase of(String type, Function<Random, String> random, String... edges) {
    return new TypeCase(type, List.of(edges), random);
  }

  static List<TypeCase> all(MysqlProduct product) {
    List<TypeCase> all = new ArrayList<>(numbers());
    all.addAll(texts());
    all.addAll(bytes());
    all.addAll(temporals());
    all.add(
        of(
            "enum('a','it''s','ü,x','', 'b\\\\s')",
            r -> Integer.toString(1 + r.nextInt(5)),
            "0",
            "1",
            "2",
            "3",
            "4",
            "5"));
    all.add(of("set('a','b','ü','it''s')", r -> Integer.toString(r.nextInt(16)), "0", "15", "5"));
    all.add(
        of(
            "set(" + "'x%d',".repeat(63).formatted((Object[]) range(63)) + "'y')",
            r -> Long.toUnsignedString(r.nextLong()),
            "18446744073709551615",
            "9223372036854775808"));
    if (product == MysqlProduct.MYSQL) {
      all.add(json());
    } else {
      all.add(of("json", r -> text("{\"a\":  [" + r.nextInt() + "]}"), "'{\"a\":  [1,2.50]}'"));
    }
    return all;
  }

  private static Integer[] range(int count) {
    return java.util.stream.IntStream.range(0, count).boxed().toArray(Integer[]::new);
  }

  private static List<TypeCase> numbers() {
    List<TypeCase> all = new ArrayList<>();
    String[] names = {"tinyint", "smallint", "mediumint", "int", "bigint"};
    int[] bits = {8, 16, 24, 32, 64};
    for (int i = 0; i < names.length; i++) {
      int width = bits[i];
      BigInteger top = BigInteger.ONE.shiftLeft(width);
      BigInteger half = top.shiftRight(1);
      all.add(
          of(
              names[i],
              r -> new BigInteger(width, r).subtract(half).toString(),
              half.negate().toString(),
              half.subtract(BigInteger.ONE).toString(),
              "-1",
              "0"));
      all.add(
          of(
              names[i] + " unsigned",
              r -> new BigInteger(width, r).toString(),
              top.subtract(BigInteger.ONE).toString(),
              half.toString(),
              "0"));
    }
    all.add(of("int(8) unsigned zerofill", r -> Integer.toString(r.nextInt(1 << 20)), "42", "0"));
    all.add(of("decimal(8,3) zerofill", r -> "1." + r.nextInt(999), "42.5", "0"));
    all.add(decimal(10, 2));
    all.add(decimal(65, 30));
    all.add(decimal(20, 0));
    all.add(decimal(9, 9));
    all.add(decimal(1, 0));
    all.add(
        of(
            "float",
            r -> real(Float.intBitsToFloat(r.nextInt())),
            "0.1",
            "-0e0",
            "0",
            "3.4028234663852886e38",
            "1.401298464324817e-45",
            "1.1754943508222875e-38",
            "16777216",
            "16777217",
            "-1.5",
            "1e15",
            "1e14",
            "123456.7",
            "1e-5"));
    all.add(
        of(
            "double",
            r -> real(Double.longBitsToDouble(r.nextLong())),
            "0.1",
            "-0e0",
            "0",
            "1.7976931348623157e308",
            "4.9406564584124654e-324",
            "2.2250738585072014e-308",
            "123456789.12345679",
            "1e15",
            "1e16",
            "123456789012345678",
            "1e-15",
            "1e-16",
            "5e-324",
            "0.000001",
            "-1e-10",
            "9007199254740993"));
    all.add(of("double(10,2)", r -> Integer.toString(r.nextInt(1_000_000)), "1.25", "-0.01"));
    all.add(of("float(7,3)", r -> Integer.toString(r.nextInt(1_000)), "1.25", "-0.001"));
    all.add(bit(1));
    all.add(bit(10));
    all.add(bit(64));
    return all;
  }

  private static String real(double value) {
    return Double.isFinite(value)
        ? Double.toString(value).toLowerCase(Locale.ROOT)
            + (Double.toString(value).contains("E") ? "" : "e0")
        : "0";
  }

  private static TypeCase decimal(int precision, int scale) {
    String nines = "9".repeat(precision - scale) + (scale > 0 ? "." + "9".repeat(scale) : "");
    String top = nines.startsWith(".") ? "0" + nines : nines;
    return of(
        "decimal(" + precision + "," + scale + ")",
        r -> {
          BigInteger digits = new BigInteger(precision * 3, r);
          return new BigDecimal(r.nextBoolean() ? digits : digits.negate(), scale).toPlainString();
        },
        top,
        "-" + top,
        "0",
        "-" + new BigDecimal(BigInteger.ONE, scale).toPlainString());
  }

  private static TypeCase bit(int width) {
    return of(
        "bit(" + width + ")",
        r -> "b'" + new BigInteger(width, r).toString(2) + "'",
        "b'" + "1".repeat(width) + "'",
        "b'0'",
        "b'1" + "0".repeat(width - 1) + "'");
  }

  private static List<TypeCase> texts() {
    Function<Random, String> latin =
        r -> {
          byte[] bytes = new byte[r.nextInt(20)];
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (0x20 + r.nextInt(0xE0));
          }
          return "_latin1 X'" + HexFormat.of().formatHex(bytes) + "'";
        };
    StringBuilder every = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      every.append(String.format(Locale.ROOT, "%02x", i));
    }
    return List.of(
        of("char(20) CHARACTER SET utf8mb4", r -> text(word(r, 20)), text("é😀"), "''", "'a '"),
        of("char(200) CHARACTER SET utf8mb4", r -> text(word(r, 200)), text("é😀".repeat(100))),
        of("varchar(60) CHARACTER SET utf8mb4", r -> text(word(r, 60)), text(ODD), "''", "'\\\\N'"),
        of("varchar(5000) CHARACTER SET utf8mb4", r -> text(word(r, 400)), text(ODD.repeat(90))),
        of(
            "varchar(300) CHARACTER SET latin1",
            latin,
            text("é€ÿ"),
            "''",
            "_latin1 X'" + every + "'"),
        of("char(30) CHARACTER SET latin1", latin, text("é€ÿ"), "''"),
        of("char(10) CHARACTER SET ascii", r -> "'x" + r.nextInt(999) + "'", "'abc'"),
        of("varchar(10) CHARACTER SET utf8mb3", r -> "'ü" + r.nextInt(999) + "'", "'äöü'"),
        of("tinytext CHARACTER SET utf8mb4", r -> text(word(r, 40)), text(ODD), "''"),
        of("text CHARACTER SET latin1", latin, text("é€\\"), "''"),
        of("mediumtext CHARACTER SET utf8mb4", r -> text(word(r, 400)), text(ODD.repeat(3_000))),
        of("longtext CHARACTER SET utf8mb4", r -> text(word(r, 400)), text(ODD.repeat(10_000))));
  }

  private static List<TypeCase> bytes() {
    String all = HexFormat.of().formatHex(new byte[] {0, 1, 0x5c, 0x27, 9, 10, 13, 0x1a, -1});
    return List.of(
        of("binary(4)", r -> hex(r, 4), "X'00015c27'", "X'00000000'", "X'41'"),
        of("binary(255)", r -> hex(r, 255), "X'" + all + "'"),
        of("varbinary(9)", r -> hex(r, 9), "X''", "X'" + all + "'", "X'4100'"),
        of("varbinary(3000)", r -> hex(r, 600), "X''", "X'" + all.repeat(300) + "'"),
        of("tinyblob", r -> hex(r, 200), "X''", "X'" + all + "'"),
        of("blob", r -> hex(r, 600), "X''", "X'" + all + "'"),
        of("mediumblob", r -> hex(r, 600), "X'" + all.repeat(9_000) + "'"),
        of("longblob", r -> hex(r, 600), "X'" + all + "'"));
  }

  private static List<TypeCase> temporals() {
    List<TypeCase> cases = new ArrayList<>();
    cases.add(
        of(
            "date",
            r -> "'" + day(r) + "'",
            "'0000-00-00'",
            "'2020-02-31'",
            "'2020-00-10'",
            "'9999-12-31'",
            "'1000-01-01'",
            "'0001-01-01'"));
    for (int digits : new int[] {0, 1, 2, 3, 4, 5, 6}) {
      String tail = digits == 0 ? "" : "." + "000001".substring(6 - digits);
      String nines = digits == 0 ? "" : "." + "9".repeat(digits);
      cases.add(
          of(
              "time(" + digits + ")",
              r -> "'" + (r.nextBoolean() ? "-" : "") + clock(r, 838) + fraction(r) + "'",
              "'-838:59:59'",
              "'838:59:59'",
              "'00:00:00'",
              "'24:00:00'",
              "'-00:00:00" + tail + "'",
              "'-01:00:00" + nines + "'",
              "'25:00:00" + nines + "'"));
      cases.add(
          of(
              "datetime(" + digits + ")",
              r -> "'" + day(r) + " " + clock(r, 23) + fraction(r) + "'",
              "'0000-00-00 00:00:00'",
              "'9999-12-31 23:59:59" + nines + "'",
              "'2020-02-31 12:00:00" + tail + "'",
              "'2021-03-28 02:30:00'",
              "'2020-00-10 01:02:03'",
              "'1000-01-01 00:00:00'"));
      cases.add(
          of(
              "timestamp(" + digits + ") NULL",
              r -> "FROM_UNIXTIME(" + (1 + r.nextInt(Integer.MAX_VALUE - 1)) + fraction(r) + ")",
              "'0000-00-00 00:00:00'",
              "'1970-01-01 00:00:01'",
              "'2038-01-19 03:14:07" + nines + "'",
              "'2021-03-28 01:30:00" + tail + "'"));
    }
    cases.add(of("year", r -> Integer.toString(1901 + r.nextInt(255)), "'0000'", "1901", "2155"));
    return cases;
  }

  private static TypeCase json() {
    return of(
        "json",
        r ->
            "JSON_OBJECT('n', "
                + r.nextLong()
                + ", 'd', "
                + real(r.nextGaussian() * Math.pow(10, r.nextInt(40) - 20))
                + ", 's', "
                + text(word(r, 30))
                + ", 'a', JSON_ARRAY("
                + r.nextInt()
                + ", NULL, TRUE, "
                + Math.floorMod(r.nextLong(), 1L << 40)
                + "))",
        "'null'",
        "'true'",
        "'\"a\\\\n\\\\\\\\ü😀\\\\u0001\"'",
        "'{\"a\": [1, 2.5, \"x\", null, true, {}], \"bb\": {\"c\": []}}'",
        "'18446744073709551615'",
        "'-9223372036854775808'",
        "'[1e300, 1.0, 1e-7, 0.1, -0.0, 1e15, 1e16, 123456789012345678901234567890, 32768, 65536]'",
        "JSON_OBJECT('d', CAST('2020-02-29' AS DATE), 't', CAST('-12:34:56.5' AS TIME(6)), 'dt',"
            + " CAST('2020-02-29 01:02:03.000004' AS DATETIME(6)), 'dec', CAST('-1.50' AS"
            + " DECIMAL(10,2)), 'y', CAST(2020 AS YEAR))",
        "JSON_ARRAY(CAST(X'00ff10' AS BINARY), X'', b'101', CAST('00:00:00' AS TIME))",
        "JSON_OBJECT('k', REPEAT('x', 70000), 'm', JSON_ARRAY(REPEAT('y', 200)))",
        "'{\"\": {\"\": [[[]]]}, \"é\": \"\\\\\"\"}'");
  }

  private static String word(Random random, int most) {
    StringBuilder word = new StringBuilder();
    int length = random.nextInt(most + 1);
    for (int i = 0; i < length; i++) {
      int kind = random.nextInt(10);
      word.appendCodePoint(
          kind == 0
              ? 0x1F600 + random.nextInt(60)
              : kind == 1
                  ? 0xE0 + random.nextInt(30)
                  : kind == 2 ? random.nextInt(32) : 'a' + kind);
    }
    return word.toString();
  }

  private static String day(Random random) {
    return String.format(
        Locale.ROOT,
        "%04d-%02d-%02d",
        random.nextInt(10_000),
        random.nextInt(13),
        random.nextInt(32));
  }

  private static String clock(Random random, int hours) {
    return String.format(
        Locale.ROOT,
        "%02d:%02d:%02d",
        random.nextInt(hours),
        random.nextInt(60),
        random.nextInt(60));
  }

  private static String fraction(Random random) {
    return String.format(Locale.ROOT, ".%06d", random.nextInt(1_000_000));
  }

  private static String text(String text) {
    return "_utf8mb4 X'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
  }

  private static String hex(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    random.nextBytes(bytes);
    return "X'" + HexFormat.of().formatHex(bytes) + "'";
  }
}
