package io.understudy.applier.mysql;

import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.Changes.move;
import static io.understudy.applier.Changes.row;
import static io.understudy.applier.Changes.update;
import static io.understudy.applier.mysql.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.applier.Changes;
import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.testkit.MysqlProduct;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every value arrives as a client of the source would have written it, by each way there is. */
@ExtendWith(OneServer.class)
class ValuesIT {
  private static final String ODD_TEXT = "tab\t lf\n cr\r bs\\ \\N q' dq\" nul\0 z\032 é€😀 ";

  /**
   * @param values as the source prints them; byte arrays for binary types
   */
  private record Type(String name, boolean mayBeKey, List<Object> values) {
    Type(String name, boolean mayBeKey, Object... values) {
      this(name, mayBeKey, List.of(values));
    }
  }

  private static List<Type> types(MysqlProduct product) {
    List<Type> types =
        new ArrayList<>(
            List.of(
                new Type("tinyint", true, "-128", "127", "0"),
                new Type("tinyint unsigned", true, "255"),
                new Type("smallint", true, "-32768", "32767"),
                new Type("mediumint unsigned", true, "16777215"),
                new Type("int", true, "-2147483648", "2147483647"),
                new Type("int(8) unsigned zerofill", true, "00000042", "4294967295"),
                new Type("bigint", true, "-9223372036854775808", "9223372036854775807"),
                new Type("bigint unsigned", true, "18446744073709551615", "9223372036854775809"),
                new Type("decimal(10,2)", true, "-0.01", "0.00", "99999999.99"),
                new Type(
                    "decimal(65,30)",
                    true,
                    "99999999999999999999999999999999999.999999999999999999999999999999",
                    "-0.000000000000000000000000000001"),
                new Type("decimal(20,0)", true, "90071992547409930001", "90071992547409930000"),
                new Type(
                    "float", true, "0.1", "-0", "0", "3.4028235e38", "1e-45", "16777216", "-1.5"),
                new Type(
                    "double",
                    true,
                    "0.1",
                    "-0",
                    "0",
                    "1.7976931348623157e308",
                    "5e-324",
                    "123456789.12345679",
                    "-2.2250738585072014e-308"),
                new Type("bit(1)", true, new byte[] {0}, new byte[] {1}),
                new Type("bit(10)", true, new byte[] {2, 1}, new byte[] {0, 0x27}),
                new Type("bit(64)", true, HexFormat.of().parseHex("ffffffffffffffff")),
                new Type("binary(4)", true, new byte[] {0, 1, 0x5c, 0x27}, new byte[4]),
                new Type(
                    "varbinary(9)", true, new byte[0], HexFormat.of().parseHex("ff5c0a0900271a"))));
    types.addAll(
        List.of(
            new Type("blob", false, new byte[0], HexFormat.of().parseHex("00ff5c4e0a0d0922")),
            new Type("char(5) CHARACTER SET utf8mb4", true, "é😀", "", "a\tb"),
            new Type("varchar(60) CHARACTER SET utf8mb4", true, ODD_TEXT, "", "a", "A ", "\\N"),
            new Type("varchar(20) CHARACTER SET latin1", true, "é€ÿ", "\u0081", "it's"),
            new Type("text CHARACTER SET latin1", false, "é€\\", ""),
            new Type("longtext CHARACTER SET utf8mb4", false, ODD_TEXT.repeat(10_000), ""),
            new Type(
                "date", true, "0000-00-00", "2020-02-31", "2020-00-10", "9999-12-31", "1000-01-01"),
            new Type("time", true, "-838:59:59", "838:59:59", "00:00:00", "24:00:00"),
            new Type("time(6)", true, "-00:00:00.000001", "25:00:00.999999"),
            new Type(
                "datetime(6)",
                true,
                "0000-00-00 00:00:00.000000",
                "9999-12-31 23:59:59.999999",
                "2020-02-31 12:00:00.100000",
                "2021-03-28 02:30:00.000000"),
            new Type("datetime", true, "1000-01-01 00:00:00"),
            new Type(
                "timestamp(3) NULL",
                true,
                "1970-01-01 00:00:01.000",
                "2038-01-19 03:14:07.999",
                "0000-00-00 00:00:00.000",
                "2021-03-28 01:30:00.123"),
            new Type("year", true, "0000", "1901", "2155", "2000"),
            new Type("enum('a','it''s','ü,x','')", true, "a", "it's", "ü,x", ""),
            new Type("set('a','b','ü')", true, "", "a,b", "a,b,ü"),
            product == MysqlProduct.MYSQL
                ? new Type(
                    "json",
                    false,
                    "null",
                    "\"a\\n\\\\ü😀\"",
                    "{\"a\": [1, 2.5, \"x\", null, true], \"bb\": {}}",
                    "18446744073709551615",
                    "1e300")
                : new Type("json", false, "null", "{\"a\":  [1,2.50]}", "\"a\\n\"")));
    return types;
  }

  @ParameterizedTest
  @EnumSource
  void arriveInAnInsertAnUpdateAndACopy(MysqlProduct product) throws Exception {
    for (Type type : types(product)) {
      String ddl =
          "CREATE TABLE src (id int PRIMARY KEY, v @); CREATE TABLE ins (id int PRIMARY KEY, v @);"
              + "CREATE TABLE upd (id int PRIMARY KEY, v @); CREATE TABLE cop (id int PRIMARY KEY, v @)";
      try (StandbyDatabase south = StandbyDatabase.create(product, ddl.replace("@", type.name()))) {
        south.standby().prepare();
        south.standby().beginCopy(List.of(south.relation("cop")));
        south.standby().copyIn(south.relation("cop"), RowForm.TEXT, lines(type));
        south.standby().endCopy(at(0));
        List<Object> values = withNull(type);
        try (StandbySession session = south.standby().takeOver("me")) {
          for (int i = 0; i < values.size(); i++) {
            session.apply(
                List.of(
                    insert(south.relation("ins"), i, values.get(i)),
                    insert(south.relation("upd"), i, values.get((i + 1) % values.size())),
                    update(south.relation("upd"), i, values.get(i))));
          }
          session.commit(at(1));
        }
        fill(south, type);
        for (String table : List.of("ins", "upd", "cop")) {
          assertThat(bits(south, type, table))
              .as("%s on %s, %s", type.name(), product, table)
              .isEqualTo(bits(south, type, "src"))
              .hasSize(values.size());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellRowsApartWithoutAKey(MysqlProduct product) throws SQLException {
    for (Type type : types(product)) {
      String ddl = "CREATE TABLE t (v @, n int)".replace("@", type.name());
      try (StandbyDatabase south = StandbyDatabase.create(product, ddl);
          StandbySession session = south.follow("me")) {
        Relation table = south.relation("t");
        List<Object> values = withNull(type);
        List<Change> inserts = new ArrayList<>();
        for (Object value : values) {
          inserts.add(insert(table, value, 1));
          inserts.add(insert(table, value, 1));
        }
        session.apply(inserts);
        for (int i = 0; i < values.size(); i++) {
          session.apply(List.of(move(table, row(values.get(i), 1), values.get(i), i + 100)));
        }
        session.commit(at(1));
        String description = type.name() + " on " + product;
        assertThat(south.value("SELECT count(*) FROM t WHERE n = 1"))
            .as(description)
            .isEqualTo(Integer.toString(values.size()));
        for (int i = 0; i < values.size(); i++) {
          session.apply(List.of(delete(table, values.get(i), i + 100)));
          session.apply(List.of(delete(table, values.get(i), 1)));
        }
        session.commit(at(2));
        assertThat(south.value("SELECT count(*) FROM t")).as(description).isEqualTo("0");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void areFoundAsAKey(MysqlProduct product) throws SQLException {
    for (Type type : types(product)) {
      if (type.mayBeKey()) {
        String ddl =
            "CREATE TABLE t (v @, n int, PRIMARY KEY (v))"
                .replace("@", type.name().replace(" NULL", ""));
        try (StandbyDatabase south = StandbyDatabase.create(product, ddl);
            StandbySession session = south.follow("me")) {
          Relation table = south.relation("t");
          for (Object value : type.values()) {
            session.apply(
                List.of(
                    insert(table, value, 1),
                    update(table, value, 2),
                    move(table, row(value, null), value, 3),
                    delete(table, value, 3)));
          }
          session.commit(at(1));
          assertThat(south.value("SELECT count(*) FROM t")).as(type.name()).isEqualTo("0");
        }
      }
    }
  }

  private static List<Object> withNull(Type type) {
    List<Object> values = new ArrayList<>(type.values());
    values.add(null);
    return values;
  }

  /** What a reader writes into the initial copy. */
  private static ByteArrayInputStream lines(Type type) throws IOException {
    StringBuilder lines = new StringBuilder();
    List<Object> values = withNull(type);
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      String field =
          value == null
              ? "\\N"
              : value instanceof byte[] bytes
                  ? HexFormat.of().formatHex(bytes)
                  : value
                      .toString()
                      .replace("\\", "\\\\")
                      .replace("\t", "\\t")
                      .replace("\n", "\\n")
                      .replace("\r", "\\r");
      lines.append(i).append('\t').append(field).append('\n');
    }
    return new ByteArrayInputStream(Changes.bytes(lines.toString()));
  }

  /** As some client wrote them on the source. */
  private static void fill(StandbyDatabase south, Type type) throws SQLException {
    try (Connection connection = south.connect();
        Statement setting = connection.createStatement();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO src (id, v) VALUES (?, ?)")) {
      setting.execute("SET NAMES utf8mb4, sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'");
      List<Object> values = withNull(type);
      for (int i = 0; i < values.size(); i++) {
        insert.setInt(1, i);
        if (values.get(i) instanceof byte[] bytes) {
          insert.setBytes(2, bytes);
        } else {
          insert.setString(2, (String) values.get(i));
        }
        insert.executeUpdate();
      }
    }
  }

  private static List<String> bits(StandbyDatabase south, Type type, String table)
      throws SQLException {
    String value = type.name().equals("float") ? "concat(v + 0e0)" : "concat(v)";
    return south.query(
        "SELECT id, md5(" + value + "), left(" + value + ", 30) FROM " + table + " ORDER BY 1");
  }
}
