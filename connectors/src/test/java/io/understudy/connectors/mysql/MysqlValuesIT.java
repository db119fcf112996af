package io.understudy.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.InitialCopy;
import io.understudy.connectors.binlog.ColumnType;
import io.understudy.journal.Change;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import io.understudy.testkit.MysqlProduct;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Log and copy say of every value what the server itself prints to an ordinary client. */
@ExtendWith(OneServer.class)
class MysqlValuesIT {
  private static final int RANDOM_ROWS = 100;

  @ParameterizedTest
  @EnumSource
  void edgesComeAsTheServerPrintsThem(MysqlProduct product) throws Exception {
    List<TypeCase> cases = TypeCase.all(product);
    String[] ddl = new String[cases.size()];
    for (int i = 0; i < ddl.length; i++) {
      ddl[i] = "CREATE TABLE t" + i + " (id int PRIMARY KEY, v " + cases.get(i).type() + ")";
    }
    try (SourceRig rig = SourceRig.with(OneServer.of(product), ddl)) {
      Position before = rig.prepare();
      List<Relation> relations = new ArrayList<>();
      for (int i = 0; i < ddl.length; i++) {
        int id = 0;
        for (String edge : cases.get(i).edges()) {
          rig.sql("INSERT INTO t" + i + " VALUES (" + id++ + ", " + edge + ")");
        }
        rig.sql("INSERT INTO t" + i + " VALUES (" + id + ", NULL)");
        relations.add(rig.relation("t" + i));
      }
      check(rig, before, relations);
    }
  }

  @ParameterizedTest
  @EnumSource
  void randomRowsComeAsTheServerPrintsThem(MysqlProduct product) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<TypeCase> cases =
        TypeCase.all(product).stream().filter(c -> !c.type().contains("(5000)")).toList();
    String columns =
        java.util.stream.IntStream.range(0, cases.size())
            .mapToObj(i -> "c" + i + " " + cases.get(i).type())
            .collect(Collectors.joining(", "));
    try (SourceRig rig =
        SourceRig.with(
            OneServer.of(product), "CREATE TABLE wide (id int PRIMARY KEY, " + columns + ")")) {
      Position before = rig.prepare();
      for (int row = 0; row < RANDOM_ROWS; row++) {
        String values =
            cases.stream()
                .map(c -> random.nextInt(8) == 0 ? "NULL" : c.random().apply(random))
                .collect(Collectors.joining(", "));
        rig.sql("INSERT INTO wide VALUES (" + row + ", " + values + ")");
      }
      assertThat(rig.ask("SELECT count(*) FROM wide")).isEqualTo("" + RANDOM_ROWS);
      check(rig, before, List.of(rig.relation("wide")));
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + " on " + product, e);
    }
  }

  private static void check(SourceRig rig, Position before, List<Relation> relations)
      throws Exception {
    List<Change> changes = rig.changesFrom(before);
    int at = 0;
    try (InitialCopy copy = rig.source.prepare(1)) {
      for (Relation relation : relations) {
        List<String> lines = SourceRig.lines(copy, relation);
        for (int row = 0; row < lines.size(); row++) {
          Change change = changes.get(at++);
          assertThat(change.relations()).containsExactly(relation);
          check(rig, relation, row, ((Change.Insert) change).after(), lines.get(row));
        }
      }
    }
    assertThat(changes).hasSize(at);
  }

  private static void check(SourceRig rig, Relation relation, int id, Row logged, String line)
      throws Exception {
    String[] copied = line.split("\t", -1);
    for (int i = 1; i < copied.length; i++) {
      String column = relation.columns().get(i).name();
      String type = relation.columns().get(i).type();
      String description = relation.table() + " row " + id + " column " + column + " " + type;
      ColumnType parsed = ColumnType.parse(type).orElseThrow();
      String print = print(column, parsed);
      String printed =
          rig.ask("SELECT " + print + " FROM " + relation.table() + " WHERE id = " + id);
      assertThat(copied[i]).as("copied " + description).isEqualTo(field(logged.get(i)));
      if (printed == null) {
        assertThat(logged.get(i)).as(description).isEqualTo(Value.NULL);
      } else if (logged.get(i) instanceof Value.Bytes bytes) {
        String hex = HexFormat.of().formatHex(bytes.bytes()).toUpperCase(Locale.ROOT);
        assertThat(hex).as(description).isEqualTo(bytesOf(printed, parsed));
      } else {
        String text = ((Value.Text) logged.get(i)).text();
        switch (parsed.kind()) {
          // The server cuts digits, and has two ways to print: compared are number and sign.
          case FLOAT ->
              assertThat(Float.parseFloat(text))
                  .as(description)
                  .isEqualTo((float) Double.parseDouble(printed));
          case DOUBLE ->
              assertThat(
                      rig.column(
                          "SELECT id FROM "
                              + relation.table()
                              + " WHERE id = "
                              + id
                              + " AND "
                              + column
                              + " = "
                              + text
                              + (text.contains("e") ? "" : "e0")
                              + " AND concat("
                              + column
                              + (text.startsWith("-") ? ") LIKE '-%'" : ") NOT LIKE '-%'")))
                  .as(description)
                  .hasSize(1);
          default -> assertThat(text).as(description).isEqualTo(printed);
        }
      }
    }
  }

  private static String print(String column, ColumnType type) {
    if (type.kind() == ColumnType.Kind.FLOAT || type.kind() == ColumnType.Kind.DOUBLE) {
      return "concat(" + column + " * 1e0)";
    }
    return type.kind().isBinary()
        ? "hex(" + column + (type.kind() == ColumnType.Kind.BIT ? " + 0)" : ")")
        : "concat(" + column + ")";
  }

  private static String bytesOf(String hex, ColumnType type) {
    return type.kind() == ColumnType.Kind.BIT
        ? "0".repeat((type.length() + 7) / 8 * 2 - hex.length()) + hex
        : hex;
  }

  /** A value as a line of the copy has it. */
  private static String field(Value value) {
    if (value instanceof Value.Bytes bytes) {
      return HexFormat.of().withUpperCase().formatHex(bytes.bytes());
    }
    return value instanceof Value.Text text
        ? text.text()
            .replace("\\", "\\\\")
            .replace("\t", "\\t")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
        : "\\N";
  }
}
