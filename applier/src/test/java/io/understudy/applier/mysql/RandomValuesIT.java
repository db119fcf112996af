package io.understudy.applier.mysql;

import static io.understudy.applier.mysql.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.applier.Changes;
import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import io.understudy.testkit.MysqlProduct;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random values of every type, written to one table by plain SQL, as it prints them applied to
 * others, and compared there bit for bit by the server itself.
 */
@ExtendWith(OneServer.class)
class RandomValuesIT {
  private static final int ROWS = 100;

  private enum Print {
    TEXT,
    HEX,
    FLOAT
  }

  /**
   * @param literal makes a value as some client spells it
   */
  private record Kind(String type, Print print, Function<Random, String> literal) {}

  private static List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>();
    for (String type : List.of("tinyint", "smallint", "mediumint", "int", "bigint")) {
      int bits = Form.of(type) == Form.NUMBER ? AutoIncrements.bound(type).bitLength() + 1 : 0;
      kinds.add(new Kind(type, Print.TEXT, r -> signed(bits, r)));
      kinds.add(new Kind(type + " unsigned", Print.TEXT, r -> unsigned(bits, r)));
    }
    kinds.add(new Kind("int(10) unsigned zerofill", Print.TEXT, r -> unsigned(32, r)));
    kinds.add(new Kind("decimal(65,30)", Print.TEXT, r -> decimal(65, 30, r)));
    kinds.add(new Kind("decimal(10,0)", Print.TEXT, r -> decimal(10, 0, r)));
    kinds.add(new Kind("decimal(5,5)", Print.TEXT, r -> decimal(5, 5, r)));
    kinds.add(new Kind("float", Print.FLOAT, RandomValuesIT::floatLiteral));
    kinds.add(new Kind("double", Print.TEXT, RandomValuesIT::doubleLiteral));
    for (int bits : List.of(1, 7, 8, 9, 33, 64)) {
      kinds.add(new Kind("bit(" + bits + ")", Print.HEX, r -> unsigned(bits, r)));
    }
    kinds.add(new Kind("binary(7)", Print.HEX, r -> bytes(7, 7, r)));
    kinds.add(new Kind("varbinary(40)", Print.HEX, r -> bytes(0, 40, r)));
    kinds.add(new Kind("blob", Print.HEX, r -> bytes(0, 3_000, r)));
    kinds.add(new Kind("char(9) CHARACTER SET utf8mb4", Print.TEXT, r -> text(9, r)));
    kinds.add(new Kind("varchar(30) CHARACTER SET utf8mb4", Print.TEXT, r -> text(30, r)));
    kinds.add(new Kind("longtext CHARACTER SET utf8mb4", Print.TEXT, r -> text(2_000, r)));
    kinds.add(new Kind("varchar(250) CHARACTER SET latin1", Print.TEXT, RandomValuesIT::latin));
    kinds.add(new Kind("text CHARACTER SET latin1", Print.TEXT, RandomValuesIT::latin));
    kinds.add(new Kind("date", Print.TEXT, r -> quoted(date(r))));
    for (int digits : List.of(0, 3, 6)) {
      String of = digits == 0 ? "" : "(" + digits + ")";
      kinds.add(new Kind("time" + of, Print.TEXT, r -> quoted(time(digits, r))));
      kinds.add(
          new Kind("datetime" + of, Print.TEXT, r -> quoted(date(r) + " " + clock(digits, r))));
      kinds.add(new Kind("timestamp" + of + " NULL", Print.TEXT, r -> timestamp(digits, r)));
    }
    kinds.add(
        new Kind("year", Print.TEXT, r -> r.nextInt(5) == 0 ? "0" : "" + (1901 + r.nextInt(255))));
    kinds.add(
        new Kind("enum('a','it''s','ü','b,c')", Print.TEXT, r -> "" + r.nextInt(5))); // 0: invalid
    kinds.add(new Kind("set('a','it''s','ü','z')", Print.TEXT, r -> "" + r.nextInt(16)));
    kinds.add(new Kind("json", Print.TEXT, r -> quoted(json(3, r))));
    return kinds;
  }

  @ParameterizedTest
  @EnumSource
  void arriveBitForBit(MysqlProduct product) throws SQLException {
    long seed = new Random().nextInt(1_000_000);
    Random random = new Random(seed);
    List<Kind> kinds = kinds();
    String columns =
        IntStream.range(0, kinds.size())
            .mapToObj(i -> "c" + i + " " + kinds.get(i).type())
            .collect(Collectors.joining(", "));
    String ddl =
        "CREATE TABLE src (id int PRIMARY KEY, @); CREATE TABLE ins (id int PRIMARY KEY, @);"
            + "CREATE TABLE upd (id int PRIMARY KEY, @); CREATE TABLE keyless (id int, @)";
    try (StandbyDatabase south = StandbyDatabase.create(product, ddl.replace("@", columns));
        StandbySession session = south.follow("me")) {
      write(south, kinds, random);
      List<Row> rows = read(south, kinds);
      assertThat(rows).as("seed %d", seed).hasSize(ROWS);
      List<Row> others = new ArrayList<>(rows);
      Collections.rotate(others, 1);
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < ROWS; i++) {
        changes.add(new Change.Insert(south.relation("ins"), rows.get(i)));
      }
      for (int i = 0; i < ROWS; i++) {
        Row other = withId(others.get(i), rows.get(i));
        changes.add(new Change.Insert(south.relation("upd"), other));
        changes.add(new Change.Insert(south.relation("keyless"), other));
      }
      for (int i = 0; i < ROWS; i++) {
        Row other = withId(others.get(i), rows.get(i));
        changes.add(new Change.Update(south.relation("upd"), Optional.empty(), rows.get(i)));
        changes.add(new Change.Update(south.relation("keyless"), Optional.of(other), rows.get(i)));
      }
      session.apply(changes);
      session.commit(at(1));
      for (String table : List.of("ins", "upd", "keyless")) {
        requireEqual(south, kinds, table, seed);
      }
      Relation keyless = south.relation("keyless");
      List<Change> deletes = new ArrayList<>();
      rows.forEach(row -> deletes.add(new Change.Delete(keyless, row)));
      session.apply(deletes);
      session.commit(at(2));
      assertThat(south.value("SELECT count(*) FROM keyless")).as("seed %d", seed).isEqualTo("0");
    }
  }

  private static void write(StandbyDatabase south, List<Kind> kinds, Random random)
      throws SQLException {
    try (Connection connection = south.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SET NAMES utf8mb4, sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'");
      for (int id = 1; id <= ROWS; id++) {
        String literals =
            kinds.stream()
                .map(kind -> random.nextInt(12) == 0 ? "NULL" : kind.literal().apply(random))
                .collect(Collectors.joining(", "));
        statement.execute("INSERT INTO src VALUES (" + id + ", " + literals + ")");
      }
    }
  }

  /** As the source prints its rows. */
  private static List<Row> read(StandbyDatabase south, List<Kind> kinds) throws SQLException {
    try (Connection connection = south.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET NAMES utf8mb4, time_zone = '+00:00'");
      List<Row> rows = new ArrayList<>();
      try (ResultSet row =
          statement.executeQuery("SELECT " + printed(kinds, "src") + " FROM src ORDER BY id")) {
        while (row.next()) {
          List<Object> values = new ArrayList<>(List.of(row.getString(1)));
          for (int i = 0; i < kinds.size(); i++) {
            values.add(value(kinds.get(i), row.getString(i + 2)));
          }
          rows.add(Changes.row(values.toArray()));
        }
      }
      return rows;
    }
  }

  private static Object value(Kind kind, String printed) {
    if (printed == null) {
      return null;
    }
    return switch (kind.print()) {
      case TEXT -> printed;
      case HEX -> HexFormat.of().parseHex(printed);
      case FLOAT -> Float.toString((float) Double.parseDouble(printed));
    };
  }

  private static String printed(List<Kind> kinds, String table) {
    return "id, "
        + IntStream.range(0, kinds.size())
            .mapToObj(
                i -> {
                  String column = table + ".c" + i;
                  return switch (kinds.get(i).print()) {
                    case TEXT -> "concat(" + column + ")";
                    case HEX ->
                        kinds.get(i).type().startsWith("bit")
                            ? "lpad(hex(" + column + "), " + digits(kinds.get(i)) + ", '0')"
                            : "hex(" + column + ")";
                    case FLOAT -> "concat(" + column + " + 0e0)";
                  };
                })
            .collect(Collectors.joining(", "));
  }

  private static int digits(Kind bit) {
    int bits = Integer.parseInt(bit.type().replaceAll("\\D", ""));
    return (bits + 7) / 8 * 2;
  }

  private static void requireEqual(StandbyDatabase south, List<Kind> kinds, String table, long seed)
      throws SQLException {
    for (int i = 0; i < kinds.size(); i++) {
      String column = ".c" + i;
      String bits = kinds.get(i).print() == Print.FLOAT ? "hex(concat(@ + 0e0))" : "hex(concat(@))";
      String differ =
          "NOT ("
              + bits.replace("@", "src" + column)
              + " <=> "
              + bits.replace("@", table + column)
              + ")";
      assertThat(
              south.query(
                  "SELECT src.id, "
                      + bits.replace("@", "src" + column)
                      + ", "
                      + bits.replace("@", table + column)
                      + " FROM src JOIN "
                      + table
                      + " USING (id) WHERE "
                      + differ))
          .as("%s in %s, seed %d", kinds.get(i).type(), table, seed)
          .isEmpty();
    }
    assertThat(south.value("SELECT count(*) FROM src JOIN " + table + " USING (id)"))
        .isEqualTo("" + ROWS);
  }

  private static Row withId(Row row, Row id) {
    List<Value> values = new ArrayList<>(row.values());
    values.set(0, id.get(0));
    return new Row(values);
  }

  private static String signed(int bits, Random random) {
    BigInteger half = BigInteger.TWO.pow(bits - 1);
    return new BigInteger(unsigned(bits, random)).subtract(half).toString();
  }

  private static String unsigned(int bits, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "0";
      case 1 -> BigInteger.TWO.pow(bits).subtract(BigInteger.ONE).toString();
      case 2 -> BigInteger.TWO.pow(bits - 1).toString();
      default -> new BigInteger(bits, random).toString();
    };
  }

  private static String decimal(int digits, int scale, Random random) {
    BigInteger most = BigInteger.TEN.pow(digits).subtract(BigInteger.ONE);
    BigInteger any =
        random.nextInt(5) == 0
            ? most
            : new BigInteger(1 + random.nextInt(most.bitLength()), random).min(most);
    String sign = random.nextBoolean() ? "-" : "";
    return sign + new BigDecimal(any, scale).toPlainString();
  }

  private static String floatLiteral(Random random) {
    float any = Float.intBitsToFloat(random.nextInt());
    float value =
        switch (random.nextInt(8)) {
          case 0 -> -0f;
          case 1 -> Float.MIN_VALUE * (1 + random.nextInt(1_000));
          case 2 -> -Float.MAX_VALUE;
          case 3 -> random.nextInt(100_000_000) / 10f;
          default -> Float.isFinite(any) ? any : 0.1f;
        };
    return value == 0 ? quoted(Float.toString(value)) : Double.toString(value);
  }

  private static String doubleLiteral(Random random) {
    double any = Double.longBitsToDouble(random.nextLong());
    double value =
        switch (random.nextInt(8)) {
          case 0 -> -0d;
          case 1 -> Double.MIN_VALUE * (1 + random.nextInt(1_000));
          case 2 -> -Double.MAX_VALUE;
          case 3 -> random.nextInt() / 100d;
          default -> Double.isFinite(any) ? any : 0.1;
        };
    return quoted(Double.toString(value));
  }

  private static String bytes(int least, int most, Random random) {
    byte[] bytes = new byte[least + random.nextInt(most - least + 1)];
    if (random.nextInt(4) != 0) {
      random.nextBytes(bytes);
    }
    return "x'" + HexFormat.of().formatHex(bytes) + "'";
  }

  /** One to four bytes a character, all that SQL and copies escape among them. */
  private static String text(int most, Random random) {
    String odd = "'\"\\\0\n\r\t%_` \u001a\u007fé€\u00a0ß漢😀𐍈\ufeff\ufffd";
    int[] characters = odd.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(most + 1);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          random.nextBoolean()
              ? ' ' + random.nextInt(95)
              : characters[random.nextInt(characters.length)]);
    }
    return inUtf8(text.toString());
  }

  private static String inUtf8(String text) {
    return "_utf8mb4 x'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
  }

  /** Every byte that the character set has; some rows have all of them. */
  private static String latin(Random random) {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? 0xE0 : random.nextInt(30)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bytes.length == 0xE0 ? 0x20 + i : random.nextInt(256));
    }
    return "_latin1 x'" + HexFormat.of().formatHex(bytes) + "'";
  }

  private static String date(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "0000-00-00";
      case 1 -> "2020-00-10";
      case 2 -> "2021-02-31";
      case 3 -> "1969-12-00";
      default ->
          "%04d-%02d-%02d"
              .formatted(1 + random.nextInt(9999), 1 + random.nextInt(12), 1 + random.nextInt(28));
    };
  }

  private static String clock(int digits, Random random) {
    String seconds =
        "%02d:%02d:%02d".formatted(random.nextInt(24), random.nextInt(60), random.nextInt(60));
    return seconds + fraction(digits, random);
  }

  private static String fraction(int digits, Random random) {
    return digits == 0
        ? ""
        : "." + "%06d".formatted(random.nextInt(1_000_000)).substring(0, digits);
  }

  private static String time(int digits, Random random) {
    String sign = random.nextBoolean() ? "-" : "";
    int hours = random.nextInt(838);
    return random.nextInt(6) == 0
        ? sign + "838:59:59"
        : sign
            + "%02d:%02d:%02d".formatted(hours, random.nextInt(60), random.nextInt(60))
            + fraction(digits, random);
  }

  private static String timestamp(int digits, Random random) {
    if (random.nextInt(6) == 0) {
      return quoted("0000-00-00 00:00:00");
    }
    long second = 1 + (random.nextInt() & 0x7FFFFFFEL);
    return "from_unixtime(" + second + fraction(digits, random) + ")";
  }

  private static String json(int depth, Random random) {
    int kind = random.nextInt(depth == 0 ? 5 : 7);
    return switch (kind) {
      case 0 -> "null";
      case 1 -> Boolean.toString(random.nextBoolean());
      case 2 -> Long.toString(random.nextLong());
      case 3 -> Double.toString(random.nextInt() / 64d);
      case 4 -> "\"ü\\n😀" + random.nextInt(99) + "\\\"\"";
      case 5 -> "[" + json(depth - 1, random) + ", " + json(depth - 1, random) + "]";
      default -> "{\"b\": " + json(depth - 1, random) + ", \"a\": " + json(depth - 1, random) + "}";
    };
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
