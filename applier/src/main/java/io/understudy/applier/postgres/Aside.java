package io.understudy.applier.postgres;

import io.understudy.applier.RowChange;
import io.understudy.journal.postgres.Quoting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rows set aside because they stand where others have to go. They wait, whole, in a temporary table
 * beside their own until a change takes them back or deletes them; their values never leave the
 * server. Lives as long as one standby transaction.
 */
final class Aside {
  private static final String NUMBER = "\"understudy number\"";

  private final Connection connection;
  private final Map<Target, Long> waiting = new HashMap<>();
  private long lastNumber;

  Aside(Connection connection) {
    this.connection = connection;
  }

  /** How many rows wait. */
  long rows() {
    return waiting.values().stream().mapToLong(rows -> rows).sum();
  }

  /** The transaction, and with it every temporary table, is gone. */
  void forget() {
    waiting.clear();
  }

  boolean holdsRowsOf(Target target) {
    return waiting.getOrDefault(target, 0L) > 0;
  }

  /** The row that a change identifies; the one that waits longest, if several answer. */
  OptionalLong find(Target target, RowChange change) throws SQLException {
    if (!holdsRowsOf(target)) {
      return OptionalLong.empty();
    }
    String sql =
        "SELECT min(" + NUMBER + ") FROM " + name(target) + " AS s WHERE " + target.matches("s");
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Binding(statement, target).values(target.identifying(), change.identity());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        long number = row.getLong(1);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
      }
    }
  }

  /** The number under which rows were set aside last. */
  long lastNumber() {
    return lastNumber;
  }

  /** Sets aside the row that a change identifies; returns how many there were. */
  int setAside(Target target, RowChange change) throws SQLException {
    String sql = moving(target, target.condition());
    makeTable(target);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Binding(statement, target)
          .values(target.identifying(), change.identity())
          .number(lastNumber + 1);
      return moved(target, statement.executeUpdate());
    }
  }

  /**
   * Sets aside the row that has, in the columns of an index, the values that {@code change} brings;
   * where it leaves a column alone, those of the row {@code number} that waits to take it. Returns
   * how many there were.
   */
  int setAsideOccupant(Target target, RowChange change, List<String> index, OptionalLong number)
      throws SQLException {
    int[] columns = target.columns(index);
    int[] given = IntStream.of(columns).filter(i -> !change.unchanged().get(i)).toArray();
    int[] kept = IntStream.of(columns).filter(i -> change.unchanged().get(i)).toArray();
    String condition =
        IntStream.concat(IntStream.of(given), IntStream.of(kept))
            .mapToObj(
                i ->
                    target.equal(
                        "t",
                        i,
                        change.unchanged().get(i)
                            ? kept(target, i)
                            : "CAST(? AS " + target.type(i) + ")"))
            .collect(Collectors.joining(" AND "));
    String sql = moving(target, condition);
    makeTable(target);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Binding binding = new Binding(statement, target).values(given, change.values());
      for (int i = 0; i < kept.length; i++) {
        binding.number(number.orElseThrow());
      }
      binding.number(lastNumber + 1);
      return moved(target, statement.executeUpdate());
    }
  }

  private static String kept(Target target, int column) {
    return "(SELECT s."
        + target.name(column)
        + " FROM "
        + name(target)
        + " AS s WHERE s."
        + NUMBER
        + " = ?)";
  }

  /** Puts a waiting row back into its table, with the new values of an update. */
  int takeBack(Target target, long number, RowChange update) throws SQLException {
    int[] given = target.given(update.unchanged()).toArray();
    String values =
        IntStream.of(target.written())
            .mapToObj(
                i ->
                    update.unchanged().get(i)
                        ? "b." + target.name(i)
                        : "CAST(? AS " + target.type(i) + ")")
            .collect(Collectors.joining(", "));
    String sql =
        "WITH b AS (DELETE FROM "
            + name(target)
            + " WHERE "
            + NUMBER
            + " = ? RETURNING *) "
            + target.insertInto()
            + " SELECT "
            + values
            + " FROM b";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Binding(statement, target).number(number).values(given, update.values());
      int count = statement.executeUpdate();
      waiting.merge(target, (long) -count, Long::sum);
      return count;
    }
  }

  /** The tables that rows wait for. */
  List<Target> targets() {
    return waiting.keySet().stream().filter(this::holdsRowsOf).toList();
  }

  /** Puts waiting rows back as they were, those whose place under every late key is free. */
  void putBack(Target target) throws SQLException {
    String taken =
        target.unenforced().stream()
            .map(
                key ->
                    IntStream.of(target.columns(key.columns()))
                        .mapToObj(i -> target.equal("t", i, "w." + target.name(i)))
                        .collect(Collectors.joining(" AND ", "(", ")")))
            .collect(Collectors.joining(" OR "));
    String sql =
        "WITH b AS (DELETE FROM %1$s AS w WHERE %2$s = ? AND NOT EXISTS (SELECT FROM %3$s AS t WHERE %4$s) RETURNING *) %5$s SELECT %6$s FROM b"
            .formatted(
                name(target),
                NUMBER,
                target.only(),
                taken,
                target.insertInto(),
                IntStream.of(target.written())
                    .mapToObj(i -> "b." + target.name(i))
                    .collect(Collectors.joining(", ")));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (long number : numbers(target)) {
        new Binding(statement, target).number(number);
        waiting.merge(target, (long) -statement.executeUpdate(), Long::sum);
      }
    }
  }

  private List<Long> numbers(Target target) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT " + NUMBER + " FROM " + name(target) + " ORDER BY 1")) {
      while (row.next()) {
        numbers.add(row.getLong(1));
      }
    }
    return numbers;
  }

  /** Forgets a waiting row: its change deletes it. */
  void drop(Target target, long number) throws SQLException {
    String sql = "DELETE FROM " + name(target) + " WHERE " + NUMBER + " = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Binding(statement, target).number(number);
      waiting.merge(target, (long) -statement.executeUpdate(), Long::sum);
    }
  }

  /** Forgets the waiting rows of a table that is emptied. */
  void empty(Target target) throws SQLException {
    if (holdsRowsOf(target)) {
      execute("DELETE FROM " + name(target));
      waiting.remove(target);
    }
  }

  private int moved(Target target, int count) {
    waiting.merge(target, (long) count, Long::sum);
    lastNumber++;
    return count;
  }

  private static String moving(Target target, String condition) {
    return "WITH m AS (DELETE FROM "
        + target.only()
        + " AS t WHERE "
        + condition
        + " RETURNING t.*) INSERT INTO "
        + name(target)
        + " SELECT m.*, ?::bigint FROM m";
  }

  private void makeTable(Target target) throws SQLException {
    if (!waiting.containsKey(target)) {
      execute(
          "CREATE TEMP TABLE IF NOT EXISTS "
              + name(target)
              + " ON COMMIT DROP AS SELECT t.*, 0::bigint AS "
              + NUMBER
              + " FROM "
              + target.only()
              + " AS t WITH NO DATA");
      waiting.put(target, 0L);
    }
  }

  private static String name(Target target) {
    return "pg_temp." + Quoting.name("understudy aside " + target.oid());
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
