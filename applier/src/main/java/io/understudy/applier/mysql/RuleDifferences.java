package io.understudy.applier.mysql;

import io.understudy.applier.Difference;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.TableRules;
import io.understudy.journal.mysql.CatalogRules;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * In what way a standby's tables have other rules than the source's, each as a sentence with its
 * remedy. A foreign key that is missing would leave rows alone that the source's cascades took
 * along; one that is too many, or a unique key, would refuse rows or change others.
 */
final class RuleDifferences {
  private final DatabaseName database;
  private final List<Relation> tables;
  private final List<Difference> found = new ArrayList<>();

  private RuleDifferences(DatabaseName database, List<Relation> tables) {
    this.database = database;
    this.tables = tables;
  }

  /** Tables that are not there are left out. */
  static List<Difference> of(
      DatabaseName database, Connection connection, List<Relation> tables, List<TableRules> rules)
      throws SQLException {
    RuleDifferences differences = new RuleDifferences(database, tables);
    for (TableRules each : rules) {
      if (StandbyTable.load(connection, each.table()).isPresent()) {
        differences.compare(each, CatalogRules.of(connection, each.table()));
      }
    }
    return differences.found;
  }

  private void compare(TableRules source, Map<String, String> standby) {
    Set<String> wanted = new HashSet<>(source.rules());
    for (String rule : new TreeSet<>(source.rules())) {
      if (rule.startsWith(CatalogRules.FOREIGN_KEY) && !pointsIntoTheMirror(rule)) {
        wanted.remove(rule);
        pointsOut(source.table(), rule);
      }
    }
    for (String rule : new TreeSet<>(wanted)) {
      if (!standby.containsKey(rule) && !isKey(source.table(), rule)) {
        add(source.table(), " lacks on " + database + " what it has on the source: ", rule);
      }
    }
    standby.forEach(
        (rule, name) -> {
          if (!wanted.contains(rule)) {
            tooMany(source.table(), rule, name);
          }
        });
  }

  private boolean pointsIntoTheMirror(String foreignKey) {
    return tables.stream()
        .anyMatch(relation -> foreignKey.contains(CatalogRules.references(relation.table())));
  }

  /** Its checks have been made on the source, and its cascades are in no log. */
  private void pointsOut(TableName table, String foreignKey) {
    if (CatalogRules.cascades(foreignKey)) {
      say(
          "table "
              + table
              + " on the source has a "
              + foreignKey
              + ", by which rows of a table that is not mirrored change rows of this one unseen",
          "mirror that table, too, or make the foreign key ON DELETE RESTRICT ON UPDATE RESTRICT");
    }
  }

  /** The comparison of columns and keys tells of that. */
  private boolean isKey(TableName table, String rule) {
    return tables.stream()
        .filter(relation -> relation.table().equals(table))
        .anyMatch(
            relation ->
                rule.equals(
                    CatalogRules.UNIQUE
                        + relation.columns().stream()
                            .filter(Column::key)
                            .map(Column::name)
                            .map(Sql::name)
                            .sorted()
                            .collect(Collectors.joining(", ", "(", ")"))));
  }

  private void add(TableName table, String what, String rule) {
    boolean ofTable =
        rule.startsWith(CatalogRules.UNIQUE) || rule.startsWith(CatalogRules.FOREIGN_KEY);
    say(
        "table " + table + what + rule,
        ofTable
            ? "ALTER TABLE " + Sql.name(table) + " ADD " + rule
            : "ALTER TABLE "
                + Sql.name(table)
                + " MODIFY COLUMN, followed by the column as SHOW CREATE TABLE has it on the"
                + " source");
  }

  private void tooMany(TableName table, String rule, String name) {
    String has = " has on " + database + " what it does not have on the source: ";
    if (rule.startsWith(CatalogRules.UNIQUE)) {
      say("table " + table + has + rule, drop(table, "INDEX", name));
    } else if (rule.startsWith(CatalogRules.FOREIGN_KEY)) {
      say("table " + table + has + rule, drop(table, "FOREIGN KEY", name));
    } else {
      add(table, has, rule);
    }
  }

  private static String drop(TableName table, String kind, String name) {
    return "ALTER TABLE " + Sql.name(table) + " DROP " + kind + " " + Sql.name(name);
  }

  private void say(String what, String remedy) {
    found.add(new Difference(what, remedy));
  }
}
