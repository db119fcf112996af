package io.understudy.app.exact;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A column type with values at its edges, as {@code types.txt} has them.
 *
 * @param sql the type in SQL
 * @param from the first version of PostgreSQL that knows it
 * @param key whether it can be in a primary key
 * @param array whether PostgreSQL makes arrays of it
 * @param setup makes what it needs
 * @param values SQL expressions
 * @param large values that no index takes
 */
record ColumnType(
    String name,
    String sql,
    int from,
    boolean key,
    boolean array,
    List<String> setup,
    List<String> values,
    List<String> large) {
  private static final String TYPE = "== ";

  /** All values, those that an index takes first. */
  List<String> all() {
    return Stream.concat(values.stream(), large.stream()).toList();
  }

  /** {@code VALUES} rows: a number from 1, and the value. */
  static String numbered(List<String> values, String type) {
    return IntStream.range(0, values.size())
        .mapToObj(i -> "(" + (i + 1) + ", CAST(" + values.get(i) + " AS " + type + "))")
        .collect(Collectors.joining(", ", "(VALUES ", ") AS x (i, v)"));
  }

  static List<ColumnType> parse(String text) {
    return Stream.of(text.split("\n(?=" + TYPE + ")", -1))
        .filter(block -> block.startsWith(TYPE))
        .map(ColumnType::parseOne)
        .toList();
  }

  private static ColumnType parseOne(String block) {
    String[] lines = block.split("\n", -1);
    String name = lines[0].substring(TYPE.length()).strip();
    String sql = name;
    int from = Case.ANY_VERSION;
    boolean key = false;
    boolean array = true;
    List<String> setup = new ArrayList<>();
    List<String> values = new ArrayList<>();
    List<String> large = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      String line = lines[i].strip();
      String[] words = line.split(" ", 2);
      switch (words[0]) {
        case "" -> {}
        case "@key" -> key = true;
        case "@no" -> array = false;
        case "@type" -> sql = words[1];
        case "@from" -> from = Integer.parseInt(words[1]);
        case "@setup" -> setup.add(words[1]);
        case "~" -> large.add(words[1]);
        default -> values.add(line);
      }
    }
    if (values.isEmpty()) {
      throw new IllegalStateException("types.txt: " + name + " has no values");
    }
    return new ColumnType(name, sql, from, key, array, setup, values, large);
  }
}
