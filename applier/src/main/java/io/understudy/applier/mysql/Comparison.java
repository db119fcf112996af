package io.understudy.applier.mysql;

import io.understudy.applier.Difference;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Says in what way a standby's table cannot take the rows of a relation of the source. */
final class Comparison {
  /** Releases disagree on whether to print it; it says nothing about values. */
  private static final Pattern DISPLAY_WIDTH =
      Pattern.compile("^((?:tiny|small|medium|big)?int|year)\\(\\d+\\)");

  private static final Pattern OLD_UTF8 = Pattern.compile("\\butf8(?=_| COLLATE )");

  private final DatabaseName database;
  private final Relation relation;
  private final String table;

  private Comparison(DatabaseName database, Relation relation) {
    this.database = database;
    this.relation = relation;
    this.table = Sql.name(relation.table());
  }

  /** Differences of engine, columns and types. */
  static List<Difference> of(
      DatabaseName database, Relation relation, Optional<StandbyTable> standby) {
    Comparison comparison = new Comparison(database, relation);
    return standby.isEmpty()
        ? List.of(
            new Difference(
                "table " + relation.table() + " is missing on " + database, comparison.create()))
        : comparison.with(standby.get());
  }

  private List<Difference> with(StandbyTable standby) {
    List<Difference> found = new ArrayList<>();
    if (!standby.engine().equalsIgnoreCase("InnoDB")) {
      found.add(
          new Difference(
              "table "
                  + relation.table()
                  + " on "
                  + database
                  + " is one of "
                  + standby.engine()
                  + ", which has no transactions",
              "ALTER TABLE " + table + " ENGINE = InnoDB"));
    }
    for (Column column : relation.columns()) {
      StandbyTable.Column there = standby.columns().get(column.name());
      column(column, there).ifPresent(found::add);
      if (there != null && there.generated()) {
        found.add(generated(column, there));
      }
    }
    for (StandbyTable.Column there : standby.columns().values()) {
      boolean known =
          relation.columns().stream().anyMatch(column -> column.name().equals(there.name()));
      if (!known && !there.generated()) {
        found.add(
            new Difference(
                "column " + named(there.name()) + " is on " + database + " but not on the source",
                "ALTER TABLE " + table + " DROP COLUMN " + Sql.name(there.name())));
      }
    }
    return found;
  }

  private Optional<Difference> column(Column column, StandbyTable.Column there) {
    if (there == null) {
      return Optional.of(
          new Difference(
              "column " + named(column.name()) + " is missing on " + database,
              "ALTER TABLE " + table + " ADD COLUMN " + definition(column)));
    }
    if (!canonical(column.type()).equals(canonical(there.type()))) {
      return Optional.of(
          new Difference(
              "column "
                  + named(column.name())
                  + " is "
                  + there.type()
                  + " on "
                  + database
                  + ", "
                  + column.type()
                  + " on the source",
              "ALTER TABLE " + table + " MODIFY COLUMN " + definition(column)));
    }
    return Optional.empty();
  }

  /**
   * The applier leaves a generated column to the server, whatever value the source has in a plain
   * one. No table of the source has a generated one.
   */
  private Difference generated(Column column, StandbyTable.Column there) {
    return new Difference(
        "column "
            + named(column.name())
            + " is generated on "
            + database
            + " but not on the source",
        "ALTER TABLE "
            + table
            + (there.virtual()
                ? " DROP COLUMN " + Sql.name(column.name()) + ", ADD COLUMN "
                : " MODIFY COLUMN ")
            + definition(column));
  }

  /** The same for all spellings of a type that releases of one server have. */
  static String canonical(String type) {
    String named = OLD_UTF8.matcher(type).replaceAll("utf8mb3");
    return type.contains("zerofill") ? named : DISPLAY_WIDTH.matcher(named).replaceFirst("$1");
  }

  private String named(String column) {
    return column + " of table " + relation.table();
  }

  private String create() {
    String columns =
        relation.columns().stream().map(Comparison::definition).collect(Collectors.joining(", "));
    List<Column> key = relation.columns().stream().filter(Column::key).toList();
    return "CREATE TABLE "
        + table
        + " ("
        + columns
        + (key.isEmpty() ? "" : ", PRIMARY KEY (" + Sql.columnNames(key) + ")")
        + ") ENGINE = InnoDB, with the defaults, indexes and foreign keys of the source:"
        + " mysqldump --no-data --skip-triggers prints it";
  }

  private static String definition(Column column) {
    return Sql.name(column.name()) + " " + column.type();
  }
}
