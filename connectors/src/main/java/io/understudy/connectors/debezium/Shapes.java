package io.understudy.connectors.debezium;

import io.understudy.journal.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The shape of each table as the log last announced it. Debezium makes a new schema object at each
 * announcement, so an unknown object is the sign to look again. Used by one thread.
 */
final class Shapes {
  private final LogHost host;
  private final Map<TableName, Shape> shapes = new HashMap<>();

  Shapes(LogHost host) {
    this.host = host;
  }

  Shape of(SourceRecord record) {
    Schema row = record.valueSchema().field("after").schema();
    Struct source = ((Struct) record.value()).getStruct("source");
    TableName table = new TableName(source.getString("schema"), source.getString("table"));
    Shape known = shapes.get(table);
    if (known == null || !known.isOf(row)) {
      known = new Shape(row, host.relation(table, columns(row)));
      shapes.put(table, known);
    }
    return known;
  }

  private static List<LoggedColumn> columns(Schema row) {
    List<LoggedColumn> columns = new ArrayList<>();
    for (Field field : row.fields()) {
      Schema column = field.schema();
      if (!LiteralColumns.isLogged(column)) {
        throw new IllegalStateException("column " + field.name() + " was not announced by the log");
      }
      columns.add(
          new LoggedColumn(
              field.name(),
              Integer.parseInt(column.parameters().get(LiteralColumns.TYPE)),
              Integer.parseInt(column.parameters().get(LiteralColumns.MODIFIER))));
    }
    return columns;
  }
}
