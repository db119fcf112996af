package io.understudy.app.exact;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What one seed makes: a few tables in a schema of its own, and transactions of random statements
 * on them, in the same order each time. A statement that fails is rolled back to its savepoint.
 */
final class FuzzSeed {
  private static final int MAX_TABLES = 3;
  private static final int MAX_STATEMENTS = 8;
  private static final int ROLLED_BACK = 8;
  private static final int EMPTIED = 30;

  private final long seed;
  private final Random random;
  private final List<FuzzTable> tables;

  FuzzSeed(long seed, List<ColumnType> types) {
    this.seed = seed;
    this.random = new Random(seed);
    this.tables =
        IntStream.rangeClosed(0, random.nextInt(MAX_TABLES))
            .mapToObj(i -> new FuzzTable("t" + i, random, types))
            .toList();
  }

  long seed() {
    return seed;
  }

  String schema() {
    return "s" + seed;
  }

  void create(Connection side) throws SQLException {
    try (Statement statement = side.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute("CREATE SCHEMA " + schema());
      enter(statement);
      for (FuzzTable table : tables) {
        statement.execute(table.create());
      }
    }
  }

  /** Runs the next transaction, on a connection without auto-commit. */
  void transaction(Connection source) throws SQLException {
    List<String> statements = statements();
    boolean commits = random.nextInt(ROLLED_BACK) != 0;
    try (Statement statement = source.createStatement()) {
      statement.setEscapeProcessing(false);
      enter(statement);
      for (String sql : statements) {
        Savepoint before = source.setSavepoint();
        try {
          statement.execute(Case.in(schema(), sql));
          source.releaseSavepoint(before);
        } catch (SQLException e) {
          requireExpected(e);
          source.rollback(before);
        }
      }
    }
    end(source, commits);
  }

  private static void end(Connection source, boolean commits) throws SQLException {
    if (!commits) {
      source.rollback();
      return;
    }
    try {
      source.commit();
    } catch (SQLException e) {
      requireExpected(e); // a deferred constraint
      source.rollback();
    }
  }

  /** Constraints may object, an index that a value is too large for, and checks that wait. */
  private static void requireExpected(SQLException e) throws SQLException {
    String state = String.valueOf(e.getSQLState());
    if (!state.startsWith("23") && !state.equals("54000") && !state.equals("55006")) {
      throw e;
    }
  }

  private List<String> statements() {
    List<String> statements = new ArrayList<>();
    for (int i = random.nextInt(MAX_STATEMENTS); i >= 0; i--) {
      FuzzTable table = tables.get(random.nextInt(tables.size()));
      statements.add(random.nextInt(EMPTIED) == 0 ? "TRUNCATE " + table.name() : table.statement());
    }
    return statements;
  }

  private void enter(Statement statement) throws SQLException {
    statement.execute("SET search_path = " + schema() + ", ext, public");
  }
}
