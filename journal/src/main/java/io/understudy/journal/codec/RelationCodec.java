package io.understudy.journal.codec;

import io.understudy.journal.Column;
import io.understudy.journal.Partition;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A relation, with its length in front, so that one that came before is recognized by its bytes and
 * not taken apart again: readers see the same object for the same table, record after record.
 */
final class RelationCodec {
  /** Length, schema, table, number of columns. */
  static final int LEAST_BYTES = 4;

  private static final int KEY = 1;
  private static final int PERHAPS_GENERATED = 2;
  private static final int REMEMBERED = 1024;

  private final Map<ByteBuffer, Relation> remembered =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Relation> eldest) {
          return size() > REMEMBERED;
        }
      };

  void encode(Relation relation, ByteWriter out) {
    ByteWriter content = new ByteWriter();
    content.text(relation.table().schema());
    content.text(relation.table().table());
    content.varint(relation.columns().size());
    for (Column column : relation.columns()) {
      content.text(column.name());
      content.text(column.type());
      content.octet((column.key() ? KEY : 0) | (column.perhapsGenerated() ? PERHAPS_GENERATED : 0));
    }
    if (relation.partition().isPresent()) {
      Partition partition = relation.partition().get();
      content.text(partition.root().schema());
      content.text(partition.root().table());
      content.text(partition.constraint());
    }
    out.blob(content.content());
  }

  Relation decode(ByteReader in) {
    int start = in.at();
    byte[] content = in.blob(in.count("bytes of a relation", 1));
    ByteBuffer key = ByteBuffer.wrap(content);
    Relation relation = remembered.get(key);
    if (relation == null) {
      try {
        relation = decode(content);
      } catch (Malformed e) {
        throw new Malformed(start, "a relation cannot be read: " + e.getMessage());
      }
      remembered.put(key, relation);
    }
    return relation;
  }

  private static Relation decode(byte[] content) {
    ByteReader in = new ByteReader(content, content.length);
    TableName table = new TableName(in.text(), in.text());
    int count = in.count("columns", 3);
    List<Column> columns = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = in.text();
      String type = in.text();
      int at = in.at();
      int flags = in.octet();
      if ((flags & ~(KEY | PERHAPS_GENERATED)) != 0) {
        throw new Malformed(at, "unknown flags " + flags);
      }
      columns.add(new Column(name, type, (flags & KEY) != 0, (flags & PERHAPS_GENERATED) != 0));
    }
    Optional<Partition> partition =
        in.at() == content.length
            ? Optional.empty()
            : Optional.of(new Partition(new TableName(in.text(), in.text()), in.text()));
    in.end();
    return new Relation(table, columns, partition);
  }
}
