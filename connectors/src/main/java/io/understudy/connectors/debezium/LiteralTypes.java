package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.core.TypeInfo;

/**
 * Shows every type of the log to Debezium's decoder as text, so that a value keeps the literal that
 * the server printed instead of passing through a Java type that may not hold it (infinite dates,
 * years before Christ, 24:00:00, money, intervals, …). The real type and modifier travel in the
 * decoded column's type name and length. Used by the decoder only; everything else in Debezium
 * keeps its own registry.
 */
final class LiteralTypes extends TypeRegistry {
  private static final String PREFIX = "literal:";

  private final Map<String, PostgresType> byName = new ConcurrentHashMap<>();
  private final TypeInfo typeInfo;
  private final boolean ready;

  LiteralTypes(PostgresConnection connection) throws SQLException {
    super(connection);
    this.typeInfo =
        modifierAsLength(connection.connection().unwrap(BaseConnection.class).getTypeInfo());
    this.ready = true;
  }

  /** Whether {@code typeName} is one that this registry gave to a column. */
  static boolean isLiteral(String typeName) {
    return typeName.startsWith(PREFIX);
  }

  /** The object identifier behind a name that {@link #isLiteral}. */
  static int oid(String typeName) {
    return Integer.parseUnsignedInt(typeName.substring(PREFIX.length()));
  }

  @Override
  public PostgresType get(int oid) {
    // The constructor above this one looks types up while it fills itself.
    return ready ? get(PREFIX + Integer.toUnsignedString(oid)) : super.get(oid);
  }

  @Override
  public PostgresType get(String name) {
    return isLiteral(name) ? byName.computeIfAbsent(name, this::text) : super.get(name);
  }

  private PostgresType text(String name) {
    return new PostgresType.Builder(this, name, Oid.TEXT, Types.VARCHAR, NO_TYPE_MODIFIER, typeInfo)
        .build();
  }

  private static TypeInfo modifierAsLength(TypeInfo real) {
    return (TypeInfo)
        Proxy.newProxyInstance(
            LiteralTypes.class.getClassLoader(),
            new Class<?>[] {TypeInfo.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getPrecision" -> arguments[1];
                  case "getScale", "getDisplaySize" -> 0;
                  default -> invoke(real, method, arguments);
                });
  }

  private static Object invoke(TypeInfo real, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
