package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import io.understudy.connectors.slot.LoggedColumn;
import java.util.Properties;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Carries each column of a change as the literal it was printed as. A large value that the change
 * left alone becomes {@link #UNCHANGED}, an object that no value can be identical with. Debezium
 * makes instances by name.
 */
public final class LiteralColumns implements CustomConverter<SchemaBuilder, RelationalColumn> {
  private static final String LOGGED = "logged";

  /** Compared by identity only. */
  @SuppressWarnings({"StringOperationCanBeSimplified", "RedundantStringConstructorCall"})
  static final String UNCHANGED = new String("unchanged");

  @Override
  public void configure(Properties properties) {}

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    if (LiteralTypes.isLiteral(column.typeName())) {
      SchemaBuilder schema = SchemaBuilder.string().optional().parameter(LOGGED, column.typeName());
      registration.register(schema, LiteralColumns::literal);
    } // else: Debezium's first look at the catalog, which no change is read with
  }

  /** What the log announced about the column that a field holds. */
  static LoggedColumn logged(Field field) {
    if (field.schema().parameters() == null || !field.schema().parameters().containsKey(LOGGED)) {
      throw new IllegalStateException("column " + field.name() + " was not announced by the log");
    }
    return LiteralTypes.column(field.name(), field.schema().parameters().get(LOGGED));
  }

  private static Object literal(Object value) {
    if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
      return UNCHANGED;
    }
    return value;
  }
}
