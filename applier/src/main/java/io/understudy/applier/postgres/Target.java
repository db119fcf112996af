package io.understudy.applier.postgres;

import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that bring changes of one relation onto its table on the standby. Columns are
 * numbered as in the relation. Tables that are no partitioned ones are addressed with {@code ONLY}:
 * the log names the very table that holds a row.
 */
final class Target {
  private final Relation relation;
  private final String table;
  private final boolean partitioned;
  private final boolean identityAlways;
  private final String[] types;
  private final int[] written;
  private final int[] identifying;
  private final Map<BitSet, String> updates = new HashMap<>();
  private final Map<Integer, String> inserts = new HashMap<>();
  private final String delete;

  Target(Relation relation, StandbyTable standby) {
    this.relation = relation;
    this.table = Sql.name(relation.table());
    this.partitioned = standby.partitioned();
    this.identityAlways =
        standby.columns().values().stream().anyMatch(StandbyTable.Column::identityAlways);
    int width = relation.columns().size();
    this.types = new String[width];
    List<Integer> writable = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      StandbyTable.Column column = standby.columns().get(relation.columns().get(i).name());
      types[i] = column.type();
      if (!column.generated()) {
        writable.add(i);
      }
    }
    this.written = writable.stream().mapToInt(i -> i).toArray();
    this.identifying =
        IntStream.range(0, width)
            .filter(i -> !relation.hasKey() || relation.columns().get(i).key())
            .toArray();
    this.delete = "DELETE FROM " + only() + " AS t WHERE " + condition();
  }

  Relation relation() {
    return relation;
  }

  /** The columns that an insert has a parameter for, in this order, once a row. */
  int[] written() {
    return written;
  }

  /** The columns that tell which row is meant: parameters at the end of updates and deletes. */
  int[] identifying() {
    return identifying;
  }

  /** The columns that an update has a parameter for, before the identifying ones. */
  int[] assigned(BitSet unchanged) {
    return IntStream.of(written).filter(i -> !unchanged.get(i)).toArray();
  }

  String insert(int rows) {
    return inserts.computeIfAbsent(rows, this::insertText);
  }

  /**
   * @param unchanged the columns to leave alone
   */
  String update(BitSet unchanged) {
    String text = updates.get(unchanged);
    if (text == null) {
      text = updateText(unchanged);
      updates.put((BitSet) unchanged.clone(), text);
    }
    return text;
  }

  String delete() {
    return delete;
  }

  /** How a statement that takes several tables names this one. */
  String only() {
    return partitioned ? table : "ONLY " + table;
  }

  /** For messages: how rows are told apart. */
  String identity() {
    return relation.hasKey()
        ? "key columns "
            + relation.columns().stream()
                .filter(Column::key)
                .map(Column::name)
                .collect(Collectors.joining(", "))
        : "no key, all columns compared";
  }

  private String insertText(int rows) {
    String columns = Sql.names(IntStream.of(written).mapToObj(this::plainName).toList());
    String tuple =
        IntStream.of(written).mapToObj(i -> "?").collect(Collectors.joining(", ", "(", ")"));
    if (written.length == 0) {
      return "INSERT INTO " + table + " DEFAULT VALUES";
    }
    return "INSERT INTO "
        + table
        + " ("
        + columns
        + ")"
        + (identityAlways ? " OVERRIDING SYSTEM VALUE" : "")
        + " VALUES "
        + String.join(", ", java.util.Collections.nCopies(rows, tuple));
  }

  private String updateText(BitSet unchanged) {
    int[] assigned = assigned(unchanged);
    String assignments =
        assigned.length == 0
            ? touch()
            : IntStream.of(assigned)
                .mapToObj(i -> name(i) + " = ?")
                .collect(Collectors.joining(", "));
    return "UPDATE " + only() + " AS t SET " + assignments + " WHERE " + condition();
  }

  /** An update that changes nothing, for the sake of its count. */
  private String touch() {
    String first = name(written[0]);
    return first + " = t." + first;
  }

  private String condition() {
    if (relation.hasKey()) {
      return IntStream.of(identifying)
          .mapToObj(i -> "t." + name(i) + " = ?")
          .collect(Collectors.joining(" AND "));
    }
    String exact =
        IntStream.of(identifying)
            .mapToObj(
                i -> "s." + name(i) + "::text IS NOT DISTINCT FROM (?::" + types[i] + ")::text")
            .collect(Collectors.joining(" AND "));
    String address = partitioned ? "tableoid, %1$s.ctid" : "ctid";
    return "(t."
        + address.formatted("t")
        + ") = (SELECT s."
        + address.formatted("s")
        + " FROM "
        + only()
        + " AS s WHERE "
        + exact
        + " LIMIT 1)";
  }

  private String name(int column) {
    return Sql.name(plainName(column));
  }

  private String plainName(int column) {
    return relation.columns().get(column).name();
  }
}
