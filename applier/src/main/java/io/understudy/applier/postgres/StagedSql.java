package io.understudy.applier.postgres;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that bring a table's staged changes over.
 *
 * @param before the number behind which those of this run stand
 */
record StagedSql(Target target, Stage.Table stage, long before) {
  /** So much of a long text goes into what rows are searched by; the rest is compared then. */
  private static final int PREFIX = 1_024;

  /** The server's functions take up to 100 arguments, and every other one is a separator. */
  private static final int MAX_ARGUMENTS = 50;

  String update(BitSet unchanged) {
    return "UPDATE "
        + target.only()
        + " AS t SET "
        + assignments(unchanged)
        + " FROM "
        + stage.name
        + " AS s WHERE "
        + sameKey()
        + expectations(unchanged);
  }

  String delete() {
    return "DELETE FROM "
        + target.only()
        + " AS t USING "
        + stage.name
        + " AS s WHERE "
        + sameKey();
  }

  String searchingUpdate(BitSet unchanged) {
    return sought()
        + "UPDATE "
        + target.only()
        + " AS t SET "
        + assignments(unchanged)
        + " FROM ("
        + found()
        + ") AS f JOIN "
        + stage.name
        + " AS s ON s."
        + stage.number
        + " = f.number AND s."
        + stage.place
        + " = f.place WHERE "
        + atFound()
        + expectations(unchanged);
  }

  String searchingDelete() {
    return sought()
        + "DELETE FROM "
        + target.only()
        + " AS t USING ("
        + found()
        + ") AS f WHERE "
        + atFound();
  }

  private String sameKey() {
    return "s."
        + stage.number
        + " > "
        + before
        + IntStream.of(target.identifying())
            .mapToObj(
                i -> " AND t." + target.name(i) + " " + target.operator(i) + " s." + stage.key(i))
            .collect(Collectors.joining());
  }

  private String assignments(BitSet unchanged) {
    int[] assigned = target.assigned(unchanged);
    return assigned.length == 0
        ? target.touch()
        : IntStream.of(assigned)
            .mapToObj(i -> target.name(i) + " = s." + target.name(i))
            .collect(Collectors.joining(", "));
  }

  private String expectations(BitSet unchanged) {
    return IntStream.of(target.expected(unchanged))
        .mapToObj(i -> " AND t." + target.name(i) + " = s." + target.name(i))
        .collect(Collectors.joining());
  }

  /** The rows to be found, each once, with how many there must be. */
  private String sought() {
    return "WITH s AS MATERIALIZED (SELECT x.*, -x."
        + stage.place
        + " AS \"understudy times\", "
        + digest("x")
        + " AS \"understudy digest\" FROM "
        + stage.name
        + " AS x WHERE x."
        + stage.number
        + " > "
        + before
        + " AND x."
        + stage.place
        + " < 0) ";
  }

  /** Where they are; of rows that are equal, as many as are sought. */
  private String found() {
    String part = target.partitioned() ? ", t.tableoid AS part" : "";
    String same =
        IntStream.range(0, target.relation().columns().size())
            .mapToObj(
                i ->
                    " AND "
                        + target.text(i, "t." + target.name(i))
                        + " IS NOT DISTINCT FROM "
                        + target.text(i, "s." + target.name(i)))
            .collect(Collectors.joining());
    return "SELECT t.ctid AS address"
        + part
        + ", s."
        + stage.number
        + " AS number, s.\"understudy times\" AS times, row_number() OVER (PARTITION BY s."
        + stage.number
        + ") AS place FROM "
        + target.only()
        + " AS t JOIN s ON "
        + digest("t")
        + " = s.\"understudy digest\""
        + same;
  }

  private String atFound() {
    return "t.ctid = f.address AND f.place <= f.times"
        + (target.partitioned() ? " AND t.tableoid = f.part" : "");
  }

  /** Equal for equal rows, nearly always different for others, and cheap where values are large. */
  private String digest(String alias) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < target.relation().columns().size(); i++) {
      parts.add(digest(i, alias + "." + target.name(i)));
    }
    while (parts.size() > MAX_ARGUMENTS) {
      List<String> joined = new ArrayList<>();
      for (int from = 0; from < parts.size(); from += MAX_ARGUMENTS) {
        joined.add(concat(parts.subList(from, Math.min(from + MAX_ARGUMENTS, parts.size()))));
      }
      parts = joined;
    }
    return (parts.isEmpty() ? "''::text" : concat(parts)) + " COLLATE \"C\"";
  }

  private static String concat(List<String> parts) {
    return "concat(" + String.join(", '|', ", parts) + ")";
  }

  private String digest(int column, String value) {
    String type = target.storage(column);
    if (type.startsWith("bytea")) {
      return "substr(" + value + ", 1, " + PREFIX + ")";
    }
    if (type.startsWith("text") || type.startsWith("character varying")) {
      return "substr(" + value + "::text, 1, " + PREFIX + ")";
    }
    return value;
  }
}
