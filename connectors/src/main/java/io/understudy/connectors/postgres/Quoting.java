package io.understudy.connectors.postgres;

import io.understudy.journal.TableName;

/** Names and texts as SQL wants them. */
final class Quoting {
  private Quoting() {}

  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String table(TableName table) {
    return identifier(table.schema()) + "." + identifier(table.table());
  }

  /** For the replication protocol's commands, which take no parameters. */
  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
