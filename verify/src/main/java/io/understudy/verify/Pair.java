package io.understudy.verify;

import io.understudy.journal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table as both sides have it, and how it can be compared.
 *
 * @param columns what both sides have, in the source's order
 */
record Pair(Shape source, Shape standby, List<String> columns) {

  TableName table() {
    return source.table();
  }

  /** The columns that tell rows apart; empty if none do on both sides. */
  List<String> key() {
    return standby.columns().stream().map(Shape.Column::name).toList().containsAll(source.key())
        ? source.key()
        : List.of();
  }

  /** Whether ranges of the key hold the same rows on both sides. */
  boolean ordered() {
    return !key().isEmpty()
        && !source.order().isEmpty()
        && source.key().equals(standby.key())
        && source.order().equals(standby.order());
  }

  /** The columns that can be written. */
  List<String> writable() {
    return columns.stream()
        .filter(
            name ->
                source.columns().stream()
                    .noneMatch(column -> column.name().equals(name) && column.computed()))
        .toList();
  }

  /**
   * What there is to compare of some tables, and what stands in the way of the others.
   *
   * @param missing by table, why it cannot be compared
   */
  record Found(List<Pair> pairs, Map<TableName, String> missing) {}

  /**
   * Partitions are compared one by one where both sides have the same; otherwise the partitioned
   * table is compared as a whole.
   */
  static Found find(Connection source, Connection standby, Collection<TableName> tables)
      throws SQLException {
    Map<TableName, Catalog.Found> left = Catalog.find(source, tables);
    Map<TableName, Catalog.Found> right = Catalog.find(standby, tables);
    Set<TableName> wholes = new LinkedHashSet<>();
    left.forEach(
        (name, found) ->
            found
                .root()
                .filter(
                    root ->
                        right.get(name) == null
                            || !right.get(name).root().equals(found.root())
                            || !sameRows(found, right.get(name)))
                .ifPresent(wholes::add));
    Map<TableName, Catalog.Found> leftWholes = Catalog.find(source, wholes);
    Map<TableName, Catalog.Found> rightWholes = Catalog.find(standby, wholes);
    List<Pair> pairs = new ArrayList<>();
    Map<TableName, String> missing = new LinkedHashMap<>();
    for (TableName name : tables) {
      Catalog.Found found = left.get(name);
      if (found == null) {
        missing.put(name, "is not on the source any more");
      } else if (found.root().filter(wholes::contains).isEmpty()) {
        pair(name, found, right.get(name), pairs, missing);
      }
    }
    for (TableName whole : wholes) {
      pair(whole, leftWholes.get(whole), rightWholes.get(whole), pairs, missing);
    }
    return new Found(pairs, missing);
  }

  /** Of a hash partition the text names an object id, which is another on each side. */
  private static boolean sameRows(Catalog.Found left, Catalog.Found right) {
    String objectId = "satisfies_hash_partition\\('\\d+'::oid";
    return left.constraint()
        .replaceAll(objectId, "")
        .equals(right.constraint().replaceAll(objectId, ""));
  }

  private static void pair(
      TableName name,
      Catalog.Found left,
      Catalog.Found right,
      List<Pair> pairs,
      Map<TableName, String> missing) {
    if (right == null) {
      missing.put(name, "is missing on the standby");
      return;
    }
    List<String> columns = new ArrayList<>();
    for (Shape.Column column : left.shape().columns()) {
      if (right.shape().has(column.name())) {
        columns.add(column.name());
      } else if (!column.computed()) {
        missing.put(name, "has no column " + column.name() + " on the standby");
        return;
      }
    }
    pairs.add(new Pair(left.shape(), right.shape(), columns));
  }
}
