package io.understudy.connectors.debezium;

import io.understudy.connectors.slot.LogHost;
import io.understudy.connectors.slot.LoggedColumn;
import io.understudy.journal.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
      List<LoggedColumn> columns = row.fields().stream().map(LiteralColumns::logged).toList();
      known = new Shape(row, columns, host.relation(table, columns, OptionalLong.empty()));
      shapes.put(table, known);
    }
    return known;
  }
}
