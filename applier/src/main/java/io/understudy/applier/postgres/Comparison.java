package io.understudy.applier.postgres;

import io.understudy.applier.Difference;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
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

  /** Differences of columns and types. */
  static List<Difference> of(
      DatabaseName database, Relation relation, Optional<StandbyTable> standby) {
    String table = Sql.name(relation.table());
    if (standby.isEmpty()) {
      return List.of(
          new Difference(
              "table " + relation.table() + " is missing on " + database, create(relation)));
    }
    List<Difference> found = new ArrayList<>();
    for (Column column : relation.columns()) {
      StandbyTable.Column there = standby.get().columns().get(column.name());
      String named = "column " + column.name() + " of table " + relation.table();
      if (there == null) {
        found.add(
            new Difference(
                named + " is missing on " + database,
                "ALTER TABLE " + table + " ADD COLUMN " + definition(column)));
      } else if (!column.type().equals(there.type())) {
        found.add(
            new Difference(
                named
                    + " is "
                    + there.type()
                    + " on "
                    + database
                    + ", "
                    + column.type()
                    + " on the source",
                "ALTER TABLE "
                    + table
                    + " ALTER COLUMN "
                    + Sql.name(column.name())
                    + " TYPE "
                    + column.type()));
      }
    }
    for (StandbyTable.Column there : standby.get().columns().values()) {
      boolean known =
          relation.columns().stream().anyMatch(column -> column.name().equals(there.name()));
      if (!known && !there.generated()) {
        found.add(
            new Difference(
                "column "
                    + there.name()
                    + " of table "
                    + relation.table()
                    + " is on "
                    + database
                    + " but not on the source",
                "ALTER TABLE " + table + " DROP COLUMN " + Sql.name(there.name())));
      }
    }
    return found;
  }

  private static String create(Relation relation) {
    String columns =
        relation.columns().stream().map(Comparison::definition).collect(Collectors.joining(", "));
    List<Column> key = relation.columns().stream().filter(Column::key).toList();
    return "CREATE TABLE "
        + Sql.name(relation.table())
        + " ("
        + columns
        + (key.isEmpty() ? "" : ", PRIMARY KEY (" + Sql.columnNames(key) + ")")
        + "), with the defaults and indexes of the source";
  }

  private static String definition(Column column) {
    return Sql.name(column.name()) + " " + column.type();
  }
}
