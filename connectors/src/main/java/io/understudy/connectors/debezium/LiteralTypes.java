package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.understudy.connectors.slot.LoggedColumn;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import org.postgresql.core.Oid;

/**
 * Shows every type of the log to Debezium's decoder as text, so that a value keeps the literal that
 * the server printed instead of passing through a Java type that may not hold it (infinite dates,
 * years before Christ, 24:00:00, money, intervals, …). What the log said about the column travels
 * in the type's name. Used by the decoder only, in its thread; everything else in Debezium keeps
 * its own registry.
 */
final class LiteralTypes extends TypeRegistry {
  private static final String PREFIX = "literal:";

  private final Map<String, PostgresType> literals = new HashMap<>();
  private RelationTap tap;

  LiteralTypes(PostgresConnection connection) {
    super(connection);
  }

  /** From here on columns are those that {@code tap} hears of. */
  void follow(RelationTap columns) {
    this.tap = columns;
  }

  /** Whether {@code typeName} is one that this registry gave to a column. */
  static boolean isLiteral(String typeName) {
    return typeName.startsWith(PREFIX);
  }

  /** What the log said about a column whose type name {@link #isLiteral}. */
  static LoggedColumn column(String name, String typeName) {
    String[] parts = typeName.split(":", -1);
    return new LoggedColumn(
        name,
        Integer.parseUnsignedInt(parts[1]),
        Integer.parseInt(parts[2]),
        "",
        LoggedColumn.Identity.valueOf(parts[3]));
  }

  /** Called by the decoder once for each column of an announced table, in order. */
  @Override
  public PostgresType get(int oid) {
    if (tap == null) {
      return super.get(oid); // while the registry fills itself
    }
    LoggedColumn column = tap.next(oid);
    return get(
        PREFIX
            + Integer.toUnsignedString(column.type())
            + ":"
            + column.modifier()
            + ":"
            + column.identity());
  }

  @Override
  public PostgresType get(String name) {
    return isLiteral(name) ? literals.computeIfAbsent(name, this::text) : super.get(name);
  }

  private PostgresType text(String name) {
    return new PostgresType.Builder(this, name, Oid.TEXT, Types.VARCHAR, NO_TYPE_MODIFIER, null)
        .build();
  }
}
