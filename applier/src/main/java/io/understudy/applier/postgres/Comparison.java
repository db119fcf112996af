package io.understudy.applier.postgres;

import io.understudy.applier.Difference;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Partition;
import io.understudy.journal.Relation;
import io.understudy.journal.postgres.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Says in what way a standby's table cannot take the rows of a relation of the source. Both sides
 * print types with nothing but {@code pg_catalog} in the search path, so equal types print alike.
 */
final class Comparison {

  private Comparison() {}

  /**
   * Differences of columns and types. A key's column may be generated on both sides: the log has
   * its values, and the standby computes the same.
   */
  static List<Difference> of(
      DatabaseName database, Relation relation, Optional<StandbyTable> standby) {
    if (standby.isEmpty()) {
      return List.of(
          new Difference(
              "table " + relation.table() + " is missing on " + database,
              create(relation) + ", with the defaults and indexes of the source",
              Optional.of(create(relation))));
    }
    String table = altered(relation, standby.get());
    List<Difference> found = new ArrayList<>();
    for (Column column : relation.columns()) {
      StandbyTable.Column there = standby.get().columns().get(column.name());
      String named = "column " + column.name() + " of table " + relation.table();
      if (there == null) {
        found.add(
            Difference.removedBy(
                "ALTER TABLE " + table + " ADD COLUMN " + definition(column),
                named + " is missing on " + database));
      } else if (known(column) && !column.type().equals(there.type())) {
        found.add(
            Difference.removedBy(
                "ALTER TABLE "
                    + table
                    + " ALTER COLUMN "
                    + Quoting.name(column.name())
                    + " TYPE "
                    + column.type(),
                named
                    + " is "
                    + there.type()
                    + " on "
                    + database
                    + ", "
                    + column.type()
                    + " on the source"));
      }
      if (there != null && there.generated() && !column.key() && !column.perhapsGenerated()) {
        found.add(generated(database, relation, standby.get(), there));
      }
    }
    for (StandbyTable.Column there : standby.get().columns().values()) {
      boolean known =
          relation.columns().stream().anyMatch(column -> column.name().equals(there.name()));
      if (!known && !there.generated()) {
        found.add(
            Difference.removedBy(
                "ALTER TABLE " + table + " DROP COLUMN " + Quoting.name(there.name()),
                "column "
                    + there.name()
                    + " of table "
                    + relation.table()
                    + " is on "
                    + database
                    + " but not on the source, or generated there"));
      }
    }
    return found;
  }

  /**
   * The applier leaves a generated column to the server, whatever value the source has in a plain
   * one.
   */
  static Difference generated(
      DatabaseName database,
      Relation relation,
      StandbyTable standby,
      StandbyTable.Column generated) {
    String name = Quoting.name(generated.name());
    return Difference.removedBy(
        "ALTER TABLE "
            + altered(relation, standby)
            + (generated.computed() == StandbyTable.Computed.VIRTUAL
                ? " DROP COLUMN " + name + ", ADD COLUMN " + name + " " + generated.type()
                : " ALTER COLUMN " + name + " DROP EXPRESSION"),
        "column "
            + generated.name()
            + " of table "
            + relation.table()
            + " is generated on "
            + database
            + " but not on the source");
  }

  /** Where the server lets columns be altered: not in a partition. */
  private static String altered(Relation relation, StandbyTable standby) {
    return Quoting.name(
        standby.partition()
            ? relation.partition().map(Partition::root).orElse(standby.name())
            : standby.name());
  }

  private static String create(Relation relation) {
    String columns =
        relation.columns().stream().map(Comparison::definition).collect(Collectors.joining(", "));
    List<Column> key = relation.columns().stream().filter(Column::key).toList();
    return "CREATE TABLE "
        + Quoting.name(relation.table())
        + " ("
        + columns
        + (key.isEmpty() ? "" : ", PRIMARY KEY (" + Quoting.columnNames(key) + ")")
        + ")";
  }

  private static boolean known(Column column) {
    return !column.type().equals(Column.UNKNOWN);
  }

  private static String definition(Column column) {
    return Quoting.name(column.name()) + " " + column.type();
  }
}
