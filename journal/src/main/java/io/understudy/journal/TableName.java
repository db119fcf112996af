package io.understudy.journal;

/**
 * A table as its source names it: unquoted, case kept. {@code schema} is the database's name on
 * MySQL and MariaDB.
 */
public record TableName(String schema, String table) implements Comparable<TableName> {
  public TableName {
    if (schema.isEmpty() || table.isEmpty()) {
      throw new IllegalArgumentException(
          "a table needs a schema and a name: '" + schema + "'.'" + table + "'");
    }
  }

  @Override
  public int compareTo(TableName other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema != 0 ? bySchema : table.compareTo(other.table);
  }

  @Override
  public String toString() {
    return schema + "." + table;
  }
}
