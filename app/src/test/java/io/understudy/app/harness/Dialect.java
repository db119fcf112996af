package io.understudy.app.harness;

import io.understudy.testkit.DatabaseServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * One engine's servers and its ways of saying what a test wants said. Shares nothing with the
 * product, whose dialects are what is tested.
 */
public interface Dialect {

  /**
   * Starts a server that forgets nothing when its process is killed; what only a power cut would
   * show is left out for speed.
   */
  DatabaseServer start(String password, Map<String, String> settings);

  /** The schema of the tables of {@code database}. */
  String schema(String database);

  String quoted(String name);

  /** What a table without a key needs on a source, as a script; empty if nothing. */
  String keyless(String table);

  /** An UPDATE or DELETE of one row, the first in an order, whether or not others look like it. */
  String ofFirst(String statement, String table, String order);

  /** Lets a session write to a standby, as somebody does who insists; a script. */
  String insist();

  /** How many rows transactions under way have written into a table; about. */
  String rowsUnderWay(String table);

  /** What the server says to a user with a wrong password. */
  String wrongPassword(String user);

  /** Whether a session ended because its server or the way to it did. */
  boolean lostConnection(SQLException e);

  /** Settings of a session under which equal values print alike; a script. */
  String comparable();

  /**
   * A query for the tables of a database and their columns, but for the product's own: a row each
   * with the names of schema, table and column, in this order.
   */
  String columns();

  /** An expression of exactly what a row holds, whose order is that of its bytes. */
  String rowText(List<String> columns);
}
