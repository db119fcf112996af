package io.understudy.applier.mysql;

import io.understudy.applier.RowChange;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that bring changes of one relation onto its table on the standby, with the values
 * as literals: so statements of all kinds can be sent together. Columns are numbered as in the
 * relation; generated ones are left out.
 */
final class Target {
  private final Relation relation;
  private final Form[] forms;
  private final int[] written;
  private final int[] identifying;

  /** ENUM columns that have no empty word; such a word is then an invalid value, number 0. */
  private final BitSet wordless = new BitSet();

  private final String table;
  private final String insert;

  Target(Relation relation, StandbyTable standby) {
    List<Column> columns = relation.columns();
    this.relation = relation;
    this.table = Sql.name(relation.table());
    this.forms = new Form[columns.size()];
    for (int i = 0; i < forms.length; i++) {
      String type = standby.columns().get(columns.get(i).name()).type();
      forms[i] = Form.of(type);
      wordless.set(i, Words.isEnumWithoutEmptyWord(type));
    }
    this.written =
        IntStream.range(0, forms.length)
            .filter(i -> !standby.columns().get(columns.get(i).name()).generated())
            .toArray();
    this.identifying =
        relation.hasKey()
            ? IntStream.range(0, forms.length).filter(i -> columns.get(i).key()).toArray()
            : written;
    this.insert =
        IntStream.of(written)
            .mapToObj(this::name)
            .collect(Collectors.joining(", ", "INSERT INTO " + table + " (", ") VALUES "));
  }

  Relation relation() {
    return relation;
  }

  /** What stands before the rows of {@link #row}, which are joined by commas. */
  String insert() {
    return insert;
  }

  String row(Row row) {
    StringBuilder literals = new StringBuilder("(");
    for (int column : written) {
      literals.append(literals.length() > 1 ? "," : "").append(stored(column, row.get(column)));
    }
    return literals.append(')').toString();
  }

  /** The columns whose new values an update tells. */
  private int[] assigned(RowChange row) {
    return IntStream.of(written)
        .filter(i -> !(row.values().get(i) instanceof Value.Unchanged))
        .toArray();
  }

  /** Also assigns a key that stays, lest it have a default for updates. */
  String update(RowChange row) {
    int[] columns = assigned(row);
    String assignments =
        columns.length == 0
            ? name(written[0]) + " = " + name(written[0])
            : IntStream.of(columns)
                .mapToObj(i -> name(i) + " = " + stored(i, row.values().get(i)))
                .collect(Collectors.joining(", "));
    return "UPDATE " + table + " SET " + assignments + condition(row.identity());
  }

  String delete(RowChange row) {
    return "DELETE FROM " + table + condition(row.identity());
  }

  /**
   * What must follow an insert or update that has an ENUM's invalid value, in a session that is not
   * strict: until then the first word stands for it. Everything else keeps its value, also what has
   * a default for updates.
   */
  Optional<String> invalidate(RowChange row) {
    if (wordless.stream().noneMatch(i -> isInvalid(i, row.values().get(i)))) {
      return Optional.empty();
    }
    String assignments =
        IntStream.of(written)
            .mapToObj(i -> name(i) + " = " + (isInvalid(i, row.values().get(i)) ? "0" : name(i)))
            .collect(Collectors.joining(", "));
    String where =
        IntStream.of(identifying)
            .mapToObj(
                i -> isInvalid(i, row.values().get(i)) ? name(i) + " = 1" : is(i, row.after(i)))
            .collect(Collectors.joining(" AND ", " WHERE ", relation.hasKey() ? "" : " LIMIT 1"));
    return Optional.of("UPDATE " + table + " SET " + assignments + where);
  }

  private boolean isInvalid(int column, Value value) {
    return wordless.get(column) && value instanceof Value.Text text && text.text().isEmpty();
  }

  private String stored(int column, Value value) {
    return isInvalid(column, value) ? "1" : literal(column, value);
  }

  String deleteAll() {
    return "DELETE FROM " + table;
  }

  private String condition(Row identity) {
    return IntStream.of(identifying)
        .mapToObj(i -> is(i, identity.get(i)))
        .collect(Collectors.joining(" AND ", " WHERE ", relation.hasKey() ? "" : " LIMIT 1"));
  }

  private String is(int column, Value value) {
    return relation.hasKey()
        ? name(column) + " = " + literal(column, value)
        : forms[column].matches(name(column), value).orElseThrow(() -> lacking(column));
  }

  private String literal(int column, Value value) {
    return forms[column].literal(value).orElseThrow(() -> lacking(column));
  }

  private MirrorException lacking(int column) {
    return new MirrorException.Invariant(
        "the journal lacks the value of column "
            + relation.columns().get(column).name()
            + " of table "
            + relation.table()
            + " that a change needs, or has it in another form than the column's type",
        "report this: the reader wrote a wrong change");
  }

  /** A field of an initial copy; NULL is {@link Value#NULL}. */
  Value copied(int column, String field) {
    return forms[column].copied(field);
  }

  private String name(int column) {
    return Sql.name(relation.columns().get(column).name());
  }
}
