package io.understudy.connectors.debezium;

import io.debezium.relational.TableId;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.TableName;
import java.util.HashMap;
import java.util.Map;

/** Which tables' changes to keep, remembered per table. Used by one thread. */
final class Mirrored {
  private final TablePatterns patterns;
  private final Map<String, Boolean> known = new HashMap<>();

  Mirrored(TablePatterns patterns) {
    this.patterns = patterns;
  }

  /**
   * @param quoted {@code "schema"."table"}, as Debezium's messages name it
   */
  boolean matches(String quoted) {
    return known.computeIfAbsent(quoted, name -> patterns.matches(table(name)));
  }

  private static TableName table(String quoted) {
    TableId id = TableId.parse(quoted, false);
    return new TableName(id.schema(), id.table());
  }
}
