package io.understudy.applier.mysql;

import io.understudy.applier.Difference;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that keeps a server from being the standby of some tables, each as a sentence with its
 * remedy: what {@link Comparison} finds, and keys, triggers and rights besides.
 */
final class Differences {
  /** DROP empties a table, TRIGGER shows its triggers, ALTER sets where its numbers go on. */
  private static final List<String> TABLE_RIGHTS =
      List.of("SELECT", "INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "TRIGGER");

  private static final TableName PROGRESS = new TableName("understudy", "mirror");
  private static final List<String> PROGRESS_RIGHTS =
      List.of("SELECT", "INSERT", "UPDATE", "CREATE");

  private final DatabaseName database;
  private final Product product;
  private final Connection connection;
  private final Grants grants;
  private final String user;
  private final List<Difference> found = new ArrayList<>();

  private Differences(DatabaseName database, Product product, Connection connection)
      throws SQLException {
    this.database = database;
    this.product = product;
    this.connection = connection;
    this.grants = Grants.of(connection);
    this.user = user(connection);
  }

  static List<Difference> of(
      DatabaseName database, Product product, Connection connection, List<Relation> tables)
      throws SQLException {
    Differences differences = new Differences(database, product, connection);
    differences.server();
    for (Relation relation : tables) {
      differences.table(relation);
    }
    return List.copyOf(differences.found);
  }

  private void add(String what, String remedy) {
    found.add(new Difference(what, remedy));
  }

  private void server() throws SQLException {
    boolean all = product.superSuffices() && grants.global("SUPER");
    List<String> missing =
        List.of(product.setReadOnly(), product.writeAnyway()).stream()
            .distinct()
            .filter(privilege -> !all && !grants.global(privilege))
            .toList();
    if (!missing.isEmpty()) {
      add(
          "the user on "
              + database
              + " may not hold others off by read_only and write nevertheless",
          "GRANT " + String.join(", ", missing) + " ON *.* TO " + user);
    }
    if (new ReadOnly(product).holdsEverybodyOff(connection)) {
      add(
          "super_read_only is on at " + database + ", which holds the applier off, too",
          "SET PERSIST super_read_only = OFF");
    }
    rights(PROGRESS, PROGRESS_RIGHTS, "understudy.*");
  }

  private void table(Relation relation) throws SQLException {
    Optional<StandbyTable> standby = StandbyTable.load(connection, relation.table());
    for (Difference difference : Comparison.of(database, relation, standby)) {
      found.add(difference);
    }
    if (standby.isPresent()) {
      key(relation, standby.get());
      triggers(relation, standby.get());
    }
    rights(relation.table(), TABLE_RIGHTS, Sql.name(relation.table()));
  }

  private void key(Relation relation, StandbyTable standby) {
    List<Column> key = relation.columns().stream().filter(Column::key).toList();
    Set<String> names = key.stream().map(Column::name).collect(Collectors.toSet());
    if (!key.isEmpty() && !standby.keys().contains(names)) {
      add(
          "table "
              + relation.table()
              + " has no unique key on "
              + String.join(", ", names.stream().sorted().toList())
              + " on "
              + database
              + ", which is its key on the source",
          "ALTER TABLE "
              + Sql.name(relation.table())
              + " ADD PRIMARY KEY ("
              + Sql.columnNames(key)
              + ")");
    }
  }

  private void triggers(Relation relation, StandbyTable standby) throws SQLException {
    for (String trigger : standby.triggers(connection)) {
      add(
          "trigger "
              + trigger
              + " of table "
              + relation.table()
              + " on "
              + database
              + " would fire for mirrored changes, whose effects the source's log already holds",
          "DROP TRIGGER " + Sql.name(new TableName(relation.table().schema(), trigger)));
    }
  }

  private void rights(TableName table, List<String> needed, String spelled) {
    List<String> missing =
        needed.stream().filter(privilege -> !grants.on(table, privilege)).toList();
    if (!missing.isEmpty()) {
      String rights = String.join(", ", missing);
      add(
          "the user on " + database + " lacks " + rights + " on table " + table,
          "GRANT " + rights + " ON " + spelled + " TO " + user);
    }
  }

  private static String user(Connection connection) throws SQLException {
    String account = Rows.value(connection, "SELECT current_user()").orElse("");
    int at = account.lastIndexOf('@');
    return "'"
        + account.substring(0, Math.max(at, 0)).replace("'", "''")
        + "'@'"
        + account.substring(at + 1)
        + "'";
  }
}
