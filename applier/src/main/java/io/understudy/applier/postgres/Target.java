package io.understudy.applier.postgres;

import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
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
  private final long oid;
  private final String table;
  private final boolean partitioned;
  private final BitSet fixed = new BitSet();
  private final String[] types;
  private final int[] written;
  private final int[] identifying;
  private final Map<BitSet, String> updates = new HashMap<>();
  private final Map<Integer, String> inserts = new HashMap<>();
  private final List<StandbyTable.UniqueKey> unenforced;
  private final String delete;

  Target(Relation relation, StandbyTable standby) {
    this.relation = relation;
    this.oid = standby.oid();
    this.table = Sql.name(relation.table());
    this.partitioned = standby.partitioned();
    int width = relation.columns().size();
    this.types = new String[width];
    List<Integer> writable = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      StandbyTable.Column column = standby.columns().get(relation.columns().get(i).name());
      types[i] = column.type();
      fixed.set(i, column.identityAlways());
      if (!column.generated()) {
        writable.add(i);
      }
    }
    this.written = writable.stream().mapToInt(i -> i).toArray();
    this.identifying = identifying(relation, standby);
    this.unenforced =
        standby.keys().stream().filter(key -> !key.enforced() && has(key.columns())).toList();
    this.delete = "DELETE FROM " + only() + " AS t WHERE " + condition();
  }

  /** The key; or without one all columns, and those of the standby's primary key once more. */
  private static int[] identifying(Relation relation, StandbyTable standby) {
    List<Column> columns = relation.columns();
    if (relation.hasKey()) {
      return IntStream.range(0, columns.size()).filter(i -> columns.get(i).key()).toArray();
    }
    List<String> primary =
        standby.keys().stream()
            .filter(StandbyTable.UniqueKey::primary)
            .findFirst()
            .map(StandbyTable.UniqueKey::columns)
            .orElse(List.of());
    return IntStream.concat(
            IntStream.range(0, columns.size()),
            IntStream.range(0, columns.size()).filter(i -> primary.contains(columns.get(i).name())))
        .toArray();
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

  /** The columns that an update assigns, each a parameter before the identifying ones. */
  int[] assigned(BitSet unchanged) {
    return given(unchanged).filter(i -> !fixed.get(i)).toArray();
  }

  /**
   * The columns that the server lets an insert choose but no update: identities that are always
   * generated. An update expects to find them as they are to be; parameters behind the identifying
   * ones.
   */
  int[] expected(BitSet unchanged) {
    return given(unchanged).filter(fixed::get).toArray();
  }

  /** Whether there is a column at all that an update may assign. */
  boolean takesUpdates() {
    return IntStream.of(written).anyMatch(i -> !fixed.get(i));
  }

  /** The columns whose new values an update tells. */
  IntStream given(BitSet unchanged) {
    return IntStream.of(written).filter(i -> !unchanged.get(i));
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

  /** Unique keys that the server does not check for an applier. */
  List<StandbyTable.UniqueKey> unenforced() {
    return unenforced;
  }

  /** The table's object id on the standby. */
  long oid() {
    return oid;
  }

  /** Where a statement reads the very rows of this table. */
  String only() {
    return partitioned ? table : "ONLY " + table;
  }

  /** What stands before the values of an insert. */
  String insertInto() {
    return "INSERT INTO "
        + table
        + " ("
        + IntStream.of(written).mapToObj(this::name).collect(Collectors.joining(", "))
        + ")"
        + (fixed.isEmpty() ? "" : " OVERRIDING SYSTEM VALUE");
  }

  String copy() {
    return "COPY "
        + table
        + " ("
        + IntStream.of(written).mapToObj(this::name).collect(Collectors.joining(", "))
        + ") FROM STDIN (ENCODING 'UTF8')";
  }

  private String insertText(int rows) {
    if (written.length == 0) {
      return "INSERT INTO " + table + " DEFAULT VALUES";
    }
    String tuple =
        IntStream.of(written).mapToObj(i -> "?").collect(Collectors.joining(", ", "(", ")"));
    return insertInto() + " VALUES " + String.join(", ", Collections.nCopies(rows, tuple));
  }

  private String updateText(BitSet unchanged) {
    int[] assigned = assigned(unchanged);
    String assignments =
        assigned.length == 0
            ? touch()
            : IntStream.of(assigned)
                .mapToObj(i -> name(i) + " = ?")
                .collect(Collectors.joining(", "));
    String expectations =
        IntStream.of(expected(unchanged))
            .mapToObj(i -> " AND t." + name(i) + " = ?")
            .collect(Collectors.joining());
    return "UPDATE " + only() + " AS t SET " + assignments + " WHERE " + condition() + expectations;
  }

  /** An update that changes nothing, for the sake of its count. */
  private String touch() {
    String first = name(IntStream.of(written).filter(i -> !fixed.get(i)).findFirst().orElseThrow());
    return first + " = t." + first;
  }

  /** Picks, by the identifying columns, one row out of the table {@code t}. */
  String condition() {
    if (relation.hasKey()) {
      return matches("t");
    }
    String address = partitioned ? "tableoid, %1$s.ctid" : "ctid";
    return "(t."
        + address.formatted("t")
        + ") = (SELECT s."
        + address.formatted("s")
        + " FROM "
        + only()
        + " AS s WHERE "
        + matches("s")
        + " LIMIT 1)";
  }

  /**
   * What a row must satisfy to be the one identified: equal in the key's columns, or without a key
   * the same exact text in all of them. Then the standby's primary key only helps to find it.
   */
  String matches(String alias) {
    return IntStream.range(0, identifying.length)
        .mapToObj(
            i ->
                relation.hasKey() || i >= types.length
                    ? equal(alias, identifying[i])
                    : exact(alias, identifying[i]))
        .collect(Collectors.joining(" AND "));
  }

  private String equal(String alias, int column) {
    return alias + "." + name(column) + " = ?";
  }

  private String exact(String alias, int column) {
    return alias
        + "."
        + name(column)
        + "::text IS NOT DISTINCT FROM (?::"
        + types[column]
        + ")::text";
  }

  /** Finds a row, if any, whose like in {@code columns} is there twice, among some. */
  String duplicates(int[] columns, int rows) {
    String names = IntStream.of(columns).mapToObj(this::name).collect(Collectors.joining(", "));
    String tuple =
        IntStream.of(columns).mapToObj(i -> "?").collect(Collectors.joining(", ", "(", ")"));
    return "SELECT 1 FROM "
        + only()
        + " WHERE ("
        + names
        + ") IN ("
        + String.join(", ", Collections.nCopies(rows, tuple))
        + ") GROUP BY "
        + names
        + " HAVING count(*) > 1 LIMIT 1";
  }

  /** Whether the relation tells the values of all these columns. */
  boolean has(List<String> names) {
    return relation.columns().stream().map(Column::name).toList().containsAll(names);
  }

  /** The numbers of columns, by their names. */
  int[] columns(List<String> names) {
    List<String> all = relation.columns().stream().map(Column::name).toList();
    return names.stream().mapToInt(all::indexOf).toArray();
  }

  /** The type that the column has on the standby. */
  String type(int column) {
    return types[column];
  }

  String name(int column) {
    return Sql.name(plainName(column));
  }

  private String plainName(int column) {
    return relation.columns().get(column).name();
  }
}
