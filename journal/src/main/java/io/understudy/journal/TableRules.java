package io.understudy.journal;

import java.util.Set;

/**
 * What a table's definition asks of its rows, or does to them, besides the types of its columns:
 * unique and foreign keys, columns that must not be NULL or that the server fills. Only engines
 * whose standbys obey such rules while they follow tell them.
 *
 * @param rules one text each, spelled so that the same rule is the same text on every server of the
 *     engine
 */
public record TableRules(TableName table, Set<String> rules) {
  public TableRules {
    rules = Set.copyOf(rules);
  }
}
