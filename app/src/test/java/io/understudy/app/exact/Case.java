package io.understudy.app.exact;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;

/**
 * What one table, or a few, must stand. All of it lies in a schema of its own, which {@code
 * $schema} names in its scripts and which is first in the search path. A script is sent as one
 * query: one transaction, unless it says otherwise itself.
 *
 * @param from the first version of PostgreSQL that knows it
 * @param debeziumCannot why Debezium cannot carry it exactly; empty if it can
 * @param pending why the mirror cannot carry it yet; empty if it can
 * @param schema makes its tables on both sides
 * @param standbySchema makes them on the standby, where they differ there
 * @param rows what is there before the copy
 * @param changes what the log brings afterwards
 */
record Case(
    String name,
    int from,
    Optional<String> debeziumCannot,
    Optional<Pending> pending,
    List<String> schema,
    Optional<List<String>> standbySchema,
    List<String> rows,
    List<String> changes) {
  static final int ANY_VERSION = 14;

  static Case of(String name, List<String> schema, List<String> rows, List<String> changes) {
    return new Case(
        name,
        ANY_VERSION,
        Optional.empty(),
        Optional.empty(),
        schema,
        Optional.empty(),
        rows,
        changes);
  }

  Case since(int version) {
    return new Case(name, version, debeziumCannot, pending, schema, standbySchema, rows, changes);
  }

  boolean isPending(int major) {
    return pending.isPresent() && pending.get().from() <= major;
  }

  /**
   * @param from the first version of PostgreSQL with which it cannot be carried
   */
  record Pending(int from, String reason) {}

  List<String> onStandby() {
    return standbySchema.orElse(schema);
  }

  static String in(String schemaName, String script) {
    return script.replaceAll("\\$schema", Matcher.quoteReplacement(schemaName));
  }
}
