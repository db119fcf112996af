package io.understudy.connectors.pgoutput;

import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.slot.KeyColumns;
import io.understudy.connectors.slot.LoggedColumn;
import io.understudy.connectors.slot.LoggedColumn.Identity;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The tables as the log announced them, by the object identifier that changes name them by. What
 * was announced before, and is announced once more as it was, stays the same object. Used by one
 * thread.
 */
final class Tables {
  private static final byte FULL = 'f';

  /** Asks the catalog for the relation of logged columns. */
  interface Lookup {
    Relation relation(TableName table, List<LoggedColumn> columns, OptionalLong transaction);
  }

  private final TablePatterns mirrored;
  private final Lookup lookup;
  private final boolean whole;
  private final Map<Integer, Table> known = new HashMap<>();
  private final Map<Integer, String> typeNames = new HashMap<>();
  private final Map<Integer, Table> announced = new HashMap<>();
  private long transaction;

  Tables(TablePatterns mirrored, Lookup lookup) {
    this(mirrored, lookup, false);
  }

  /**
   * @param whole whether all that the log has of former rows is kept
   */
  Tables(TablePatterns mirrored, Lookup lookup, boolean whole) {
    this.mirrored = mirrored;
    this.lookup = lookup;
    this.whole = whole;
  }

  /** A session of the server announces a table before its first change, whatever others did. */
  void forgetAnnouncements() {
    announced.clear();
  }

  /** The schema was changed: whatever rests on the catalog is to be looked up again. */
  void forgetLookups() {
    known.clear();
  }

  /** The transaction that what comes now belongs to. */
  void transaction(long xid) {
    transaction = xid;
  }

  /** Names a type of a table that is announced next. */
  void name(Wire message) {
    int oid = message.int32();
    String schema = message.string();
    typeNames.put(oid, schema + "." + message.string());
  }

  void announce(Wire message) {
    int oid = message.int32();
    byte[] content = message.rest();
    Table table = known.get(oid);
    if (table == null
        || announced.containsKey(oid) // something about it has changed
        || table.restsOnCatalog()
        || !Arrays.equals(table.content(), content)) {
      table = read(content, message, table);
      known.put(oid, table);
    }
    announced.put(oid, table);
  }

  Table of(int oid, Wire message) {
    Table table = announced.get(oid);
    if (table == null) {
      throw message.broken(
          "changes table number " + Integer.toUnsignedString(oid) + ", which was not announced");
    }
    return table;
  }

  private Table read(byte[] content, Wire message, Table former) {
    Wire wire = message.within(content);
    String schema = wire.string();
    TableName name = new TableName(schema.isEmpty() ? "pg_catalog" : schema, wire.string());
    boolean full = wire.int8() == FULL;
    int count = wire.int16();
    List<LoggedColumn> columns = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      boolean identifies = (wire.int8() & 1) != 0;
      Identity identity = full ? Identity.FULL : identifies ? Identity.INDEX : Identity.NONE;
      String column = wire.string();
      int type = wire.int32();
      String typeName = typeNames.getOrDefault(type, "");
      columns.add(new LoggedColumn(column, type, wire.int32(), typeName, identity));
    }
    wire.requireEnd();
    if (!mirrored.matches(name)) {
      return Table.unmirrored(content);
    }
    Relation relation = lookup.relation(name, columns, OptionalLong.of(transaction));
    boolean same =
        former != null
            && former.isMirrored()
            && former.relation().equals(relation)
            && Arrays.equals(former.content(), content);
    return same
        ? former
        : Table.mirrored(content, full, columns, new KeyColumns(relation, whole && full));
  }
}
