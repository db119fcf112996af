package io.understudy.applier.postgres;

import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.postgres.Quoting;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that bring changes of one relation onto its table on the standby. Columns are
 * numbered as in the relation. Tables that are no partitioned ones are addressed with {@code ONLY}:
 * the log names the very table that holds a row. Only where the standby's partitions are others is
 * it the root.
 */
final class Target {
  private final Relation relation;
  private final long oid;
  private final String table;
  private final boolean partitioned;
  private final boolean redirected;
  private final BitSet fixed = new BitSet();
  private final String[] types;
  private final String[] storage;
  private final Map<String, String> operators = new HashMap<>();
  private final boolean unambiguous;
  private final int[] written;
  private final int[] identifying;
  private final Map<BitSet, String> updates = new HashMap<>();
  private final Map<Integer, String> inserts = new HashMap<>();
  private final List<StandbyTable.UniqueKey> unenforced;
  private final String delete;

  Target(Relation relation, StandbyTable standby) {
    this.relation = relation;
    this.oid = standby.oid();
    this.table = Quoting.name(standby.name());
    this.redirected = !standby.name().equals(relation.table());
    this.partitioned = standby.partitioned();
    int width = relation.columns().size();
    this.types = new String[width];
    this.storage = new String[width];
    List<Integer> writable = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      StandbyTable.Column column = standby.columns().get(relation.columns().get(i).name());
      types[i] = column.type();
      storage[i] = column.storage();
      fixed.set(i, column.identityAlways());
      if (!column.generated()) {
        writable.add(i);
      }
    }
    this.written = writable.stream().mapToInt(i -> i).toArray();
    this.identifying = identifying(relation, standby);
    for (StandbyTable.UniqueKey key : standby.keys()) {
      for (int i = 0; i < key.columns().size(); i++) {
        operators.putIfAbsent(key.columns().get(i), key.operators().get(i));
      }
    }
    this.unambiguous =
        relation.hasKey()
            && standby
                .keyOn(
                    Set.copyOf(
                        relation.columns().stream().filter(Column::key).map(Column::name).toList()))
                .filter(StandbyTable.UniqueKey::enforced)
                .isPresent();
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
  String touch() {
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
    if (identifying.length == 0) {
      return "true"; // a table without columns
    }
    return IntStream.range(0, identifying.length)
        .mapToObj(
            i ->
                relation.hasKey() || i >= types.length
                    ? equal(alias, identifying[i])
                    : exact(alias, identifying[i]))
        .collect(Collectors.joining(" AND "));
  }

  private String equal(String alias, int column) {
    return equal(alias, column, "CAST(? AS " + types[column] + ")");
  }

  /**
   * That a column is what its index calls equal to a value.
   *
   * @param value an expression of the column's type
   */
  String equal(String alias, int column, String value) {
    return alias + "." + name(column) + " " + operator(column) + " " + value;
  }

  /** What a unique index goes by, if the column is in one. */
  String operator(int column) {
    return operators.getOrDefault(plainName(column), "=");
  }

  private String exact(String alias, int column) {
    return text(column, alias + "." + name(column))
        + " IS NOT DISTINCT FROM "
        + text(column, "(?::" + types[column] + ")");
  }

  /** The very characters in which a value of the column prints. */
  String text(int column, String value) {
    // the cast of a bpchar itself would cut blanks off
    String text =
        storage[column].startsWith("bpchar") ? "ARRAY[" + value + "]::text" : value + "::text";
    return "(" + text + ") COLLATE \"C\"";
  }

  /** Whether the standby, too, has one row at most for each key, at any time. */
  boolean unambiguous() {
    return unambiguous;
  }

  /** Whether rows without a key are found by way of the standby's primary key. */
  boolean findsByIndex() {
    return identifying.length > types.length;
  }

  /** Whether the rows of a partition go into its root, because the standby's are others. */
  boolean redirected() {
    return redirected;
  }

  boolean partitioned() {
    return partitioned;
  }

  /** The column's type for tables that hold its values beside its own. */
  String storage(int column) {
    return storage[column];
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
    return Quoting.name(plainName(column));
  }

  private String plainName(int column) {
    return relation.columns().get(column).name();
  }
}
