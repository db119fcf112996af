package io.understudy.connectors.debezium;

import io.understudy.connectors.slot.LoggedColumn;
import io.understudy.connectors.slot.LoggedColumn.Identity;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.postgresql.core.BaseConnection;
import org.postgresql.replication.PGReplicationConnection;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.fluent.ChainedStreamBuilder;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/**
 * Reads the log's own announcements of tables on their way to Debezium, which drops what matters
 * most in them, the columns that identify rows, and asks the catalog instead. The catalog may have
 * moved on since the rows were logged.
 *
 * <p>Sits on the replication connection: {@code connection.unwrap(RelationTap.class)}. Used by the
 * thread that reads the stream.
 */
final class RelationTap implements InvocationHandler {
  private static final byte RELATION = 'R';
  private static final byte FULL = 'f';

  private final BaseConnection connection;
  private final Deque<LoggedColumn> announced = new ArrayDeque<>();

  private RelationTap(BaseConnection connection) {
    this.connection = connection;
  }

  /** The connection, tapped. */
  static Connection on(Connection connection) throws SQLException {
    RelationTap tap = new RelationTap(connection.unwrap(BaseConnection.class));
    return (Connection) proxy(BaseConnection.class, tap);
  }

  /**
   * The next column of the table that was announced last, in the order of the announcement.
   *
   * @param type the column's type as Debezium read it, which must be the same
   */
  LoggedColumn next(int type) {
    LoggedColumn column = announced.poll();
    if (column == null || column.type() != type) {
      throw new IllegalStateException(
          "the log announced " + column + ", Debezium read type " + Integer.toUnsignedString(type));
    }
    return column;
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("unwrap")) {
      return arguments[0] == RelationTap.class ? this : proxy;
    }
    Object result = call(connection, method, arguments);
    return result instanceof PGReplicationConnection replication ? tapped(replication) : result;
  }

  /** The driver's way from a connection to a stream, each step handing out a tapped next one. */
  private Object tapped(PGReplicationConnection replication) {
    return step(
        PGReplicationConnection.class,
        replication,
        builder -> step(ChainedStreamBuilder.class, builder, this::tappedLogical));
  }

  private Object tappedLogical(Object builder) {
    return builder instanceof ChainedLogicalStreamBuilder
        ? proxy(
            ChainedLogicalStreamBuilder.class,
            (proxy, method, arguments) -> {
              Object result = call(builder, method, arguments);
              return result instanceof PGReplicationStream stream ? tapped(stream) : proxy;
            })
        : builder;
  }

  private Object tapped(PGReplicationStream stream) {
    return step(
        PGReplicationStream.class,
        stream,
        result -> {
          if (result instanceof ByteBuffer message) {
            read(message.duplicate());
          }
          return result;
        });
  }

  private interface Next {
    Object after(Object result);
  }

  private static Object step(Class<?> type, Object target, Next next) {
    return proxy(type, (proxy, method, arguments) -> next.after(call(target, method, arguments)));
  }

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(
        RelationTap.class.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** PostgreSQL's documentation, "Logical Replication Message Formats", Relation. */
  private void read(ByteBuffer message) {
    if (message.get() != RELATION) {
      return;
    }
    message.getInt(); // the table's object identifier
    string(message); // schema
    string(message); // name
    boolean full = message.get() == FULL;
    int columns = message.getShort();
    announced.clear();
    for (int i = 0; i < columns; i++) {
      boolean identifies = (message.get() & 1) != 0;
      Identity identity = full ? Identity.FULL : identifies ? Identity.INDEX : Identity.NONE;
      announced.add(
          new LoggedColumn(string(message), message.getInt(), message.getInt(), "", identity));
    }
  }

  private static String string(ByteBuffer message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte b = message.get(); b != 0; b = message.get()) {
      bytes.write(b);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
