package io.understudy.applier.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.TableRules;
import io.understudy.journal.mysql.CatalogRules;
import io.understudy.testkit.MysqlProduct;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A standby's tables must have the rules of the source's. */
@ExtendWith(OneServer.class)
class RuleDifferencesIT {
  private static final String DDL =
      """
      CREATE TABLE p (id int AUTO_INCREMENT PRIMARY KEY, u int, UNIQUE (u));
      CREATE TABLE c (id int PRIMARY KEY, a int, b int NOT NULL, g int AS (b * 2) STORED, p int,
        UNIQUE KEY ab (a, b), CONSTRAINT to_p FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)""";

  /** As a source whose database has the standby's name tells them. */
  private static List<TableRules> rules(StandbyDatabase source, String name) throws SQLException {
    List<TableRules> rules = new ArrayList<>();
    try (Connection connection = source.connect()) {
      for (String table : List.of("p", "c")) {
        rules.add(
            new TableRules(
                new TableName(name, table),
                CatalogRules.of(connection, new TableName(source.name(), table)).keySet().stream()
                    .map(rule -> rule.replace("`" + source.name() + "`", "`" + name + "`"))
                    .collect(Collectors.toSet())));
      }
    }
    return rules;
  }

  @ParameterizedTest
  @EnumSource
  void rulesAreSpelledAlike(MysqlProduct product) throws SQLException {
    try (StandbyDatabase source = StandbyDatabase.create(product, DDL)) {
      String name = source.name();
      assertThat(new TreeSet<>(rules(source, name).get(0).rules()))
          .containsExactly("UNIQUE (`id`)", "UNIQUE (`u`)", "`id` AUTO_INCREMENT", "`id` NOT NULL");
      assertThat(new TreeSet<>(rules(source, name).get(1).rules()))
          .contains(
              "FOREIGN KEY (`p`) REFERENCES `"
                  + name
                  + "`.`p` (`id`) ON DELETE CASCADE ON UPDATE RESTRICT",
              "UNIQUE (`a`, `b`)",
              "UNIQUE (`id`)",
              "`b` NOT NULL",
              "`id` NOT NULL")
          .anyMatch(rule -> rule.startsWith("`g` AS (") && rule.endsWith(") STORED"))
          .hasSize(6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachDifferenceIsNamedWithItsRemedy(MysqlProduct product) throws SQLException {
    String other =
        """
        CREATE TABLE p (id int PRIMARY KEY, u int NOT NULL);
        CREATE TABLE c (id int PRIMARY KEY, a int, b int NOT NULL, g int, p int, UNIQUE KEY ba (b, a),
          UNIQUE KEY one (p), CONSTRAINT c_to_p FOREIGN KEY (p) REFERENCES p (id) ON DELETE SET NULL)""";
    try (StandbyDatabase source = StandbyDatabase.create(product, DDL);
        StandbyDatabase like = StandbyDatabase.create(product, DDL);
        StandbyDatabase south = StandbyDatabase.create(product, other)) {
      assertThat(found(like, rules(source, like.name()))).isEmpty();
      String p = "`" + south.name() + "`.`p`";
      String c = "`" + south.name() + "`.`c`";
      String table = "table " + south.name();
      String lacks = " lacks on south what it has on the source: ";
      String has = " has on south what it does not have on the source: ";
      assertThat(found(south, rules(source, south.name())))
          .contains(
              table + ".p" + lacks + "UNIQUE (`u`); remedy: ALTER TABLE " + p + " ADD UNIQUE (`u`)",
              table + ".c" + has + "UNIQUE (`p`); remedy: ALTER TABLE " + c + " DROP INDEX `one`",
              table
                  + ".c"
                  + has
                  + "FOREIGN KEY (`p`) REFERENCES "
                  + p
                  + " (`id`) ON DELETE SET NULL ON UPDATE RESTRICT; remedy: ALTER TABLE "
                  + c
                  + " DROP FOREIGN KEY `c_to_p`",
              table
                  + ".c"
                  + lacks
                  + "FOREIGN KEY (`p`) REFERENCES "
                  + p
                  + " (`id`) ON DELETE CASCADE ON UPDATE RESTRICT; remedy: ALTER TABLE "
                  + c
                  + " ADD FOREIGN KEY (`p`) REFERENCES "
                  + p
                  + " (`id`) ON DELETE CASCADE ON UPDATE RESTRICT")
          .anyMatch(line -> line.startsWith(table + ".p" + lacks + "`id` AUTO_INCREMENT; remedy: "))
          .anyMatch(line -> line.startsWith(table + ".p" + has + "`u` NOT NULL; remedy: ALTER"))
          .anyMatch(line -> line.startsWith(table + ".c" + lacks + "`g` AS ("))
          .hasSize(7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCascadeOutOfATableThatIsNotMirroredIsRefused(MysqlProduct product) throws SQLException {
    try (StandbyDatabase source = StandbyDatabase.create(product, DDL);
        StandbyDatabase south =
            StandbyDatabase.create(
                product,
                DDL.substring(DDL.indexOf(';') + 1)
                    .replace("int, UNIQUE (u)", "int")
                    .replace(
                        ", CONSTRAINT to_p FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE",
                        ""))) {
      List<TableRules> rules = rules(source, south.name()).subList(1, 2);
      assertThat(south.differences(List.of(south.relation("c")), rules))
          .singleElement()
          .asString()
          .contains("by which rows of a table that is not mirrored change rows of this one unseen");
      List<TableRules> harmless =
          List.of(
              new TableRules(
                  rules.get(0).table(),
                  rules.get(0).rules().stream()
                      .map(rule -> rule.replace("DELETE CASCADE", "DELETE RESTRICT"))
                      .collect(Collectors.toSet())));
      assertThat(south.differences(List.of(south.relation("c")), harmless)).isEmpty();
    }
  }

  private static List<String> found(StandbyDatabase south, List<TableRules> rules)
      throws SQLException {
    List<Relation> tables = List.of(south.relation("p"), south.relation("c"));
    return south.differences(tables, rules);
  }
}
