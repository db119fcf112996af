package io.understudy.connectors.debezium;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.Properties;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Carries each column of a change as the literal it was printed as. A large value that the change
 * left alone becomes {@link #UNCHANGED}, an object that no value can be identical with. Debezium
 * makes instances by name.
 */
public final class LiteralColumns implements CustomConverter<SchemaBuilder, RelationalColumn> {
  static final String TYPE = "oid";
  static final String MODIFIER = "typmod";

  /** Compared by identity only. */
  @SuppressWarnings({"StringOperationCanBeSimplified", "RedundantStringConstructorCall"})
  static final String UNCHANGED = new String("unchanged");

  @Override
  public void configure(Properties properties) {}

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    if (!LiteralTypes.isLiteral(column.typeName())) {
      return; // Debezium's first look at the catalog, which no change is read with
    }
    SchemaBuilder schema =
        SchemaBuilder.string()
            .optional()
            .parameter(TYPE, Integer.toString(LiteralTypes.oid(column.typeName())))
            .parameter(MODIFIER, Integer.toString(column.length().orElse(-1)));
    registration.register(schema, LiteralColumns::literal);
  }

  /** Whether a column's schema says what the log announced; that of the first look does not. */
  static boolean isLogged(Schema column) {
    return column.parameters() != null && column.parameters().containsKey(TYPE);
  }

  private static Object literal(Object value) {
    if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
      return UNCHANGED;
    }
    return value;
  }
}
