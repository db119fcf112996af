package io.understudy.app.exact;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is done to a column of every type: each makes a case of a {@link ColumnType}. */
enum ColumnOperation {
  /** By the copy, and by the log: one statement a row, and all in one. */
  INSERT {
    @Override
    Case of(ColumnType type) {
      List<String> one = new ArrayList<>();
      for (int i = 0; i < type.all().size(); i++) {
        one.add(
            "INSERT INTO t VALUES (%d, CAST(%s AS %s))"
                .formatted(2000 + i, type.all().get(i), type.sql()));
      }
      return made(
          type,
          "CREATE TABLE t (id int PRIMARY KEY, v %s)".formatted(type.sql()),
          List.of("INSERT INTO t SELECT i, v FROM " + numbered(type), "INSERT INTO t VALUES (0)"),
          List.of(
              "INSERT INTO t SELECT 1000 + i, v FROM " + numbered(type), String.join(";", one)));
    }
  },
  /** From each value to the next. */
  UPDATE {
    @Override
    Case of(ColumnType type) {
      return made(
          type,
          "CREATE TABLE t (id int PRIMARY KEY, v %s, n int)".formatted(type.sql()),
          List.of("INSERT INTO t SELECT i, v, 0 FROM " + numbered(type)),
          List.of(toNext(type, "t"), toNext(type, "t"), "UPDATE t SET n = 1"));
    }
  },
  /** From nothing to each value and back. */
  NULLS {
    @Override
    Case of(ColumnType type) {
      String values = numbered(type);
      return made(
          type,
          "CREATE TABLE t (id int PRIMARY KEY, v %s)".formatted(type.sql()),
          List.of(
              "INSERT INTO t SELECT i, v FROM " + values,
              "INSERT INTO t SELECT -i, NULL FROM " + values),
          List.of(
              "UPDATE t SET v = NULL WHERE id > 0",
              "UPDATE t SET v = x.v FROM " + values + " WHERE id = -i",
              "INSERT INTO t VALUES (0, NULL); DELETE FROM t WHERE id = 1"));
    }
  },
  /** Rows that nothing but their values tells apart, some of them twice. */
  KEYLESS {
    @Override
    Case of(ColumnType type) {
      String insert = "INSERT INTO t SELECT v, i FROM " + numbered(type);
      return made(
          type,
          "CREATE TABLE t (v %s, n int); ALTER TABLE t REPLICA IDENTITY FULL".formatted(type.sql()),
          List.of(insert, insert, insert, "INSERT INTO t VALUES (NULL, 0), (NULL, 0)"),
          List.of(
              "DELETE FROM t WHERE ctid IN (SELECT min(ctid) FROM t GROUP BY n)",
              "UPDATE t SET n = n + 100 WHERE ctid IN (SELECT min(ctid) FROM t GROUP BY n)",
              "UPDATE t SET v = NULL WHERE n > 100; DELETE FROM t WHERE n = 0",
              insert));
    }
  },
  /** In the key if it can be; otherwise beside a key that changes. */
  KEY_CHANGE {
    @Override
    Case of(ColumnType type) {
      if (!type.key()) {
        return made(
            type,
            "CREATE TABLE t (id int PRIMARY KEY, v %s)".formatted(type.sql()),
            List.of("INSERT INTO t SELECT i, v FROM " + numbered(type)),
            List.of(
                "UPDATE t SET id = id + 1000",
                "UPDATE t SET id = -id, v = NULL WHERE id = 1001",
                "DELETE FROM t WHERE id = 1002"));
      }
      String values = ColumnType.numbered(type.values(), type.sql());
      return made(
          type,
          "CREATE TABLE t (v %s, id int, n int, PRIMARY KEY (v, id))".formatted(type.sql()),
          List.of("INSERT INTO t SELECT v, i, 0 FROM " + values),
          List.of(
              "INSERT INTO t SELECT v, 1000 + i, 0 FROM " + values,
              "UPDATE t SET n = 1",
              "UPDATE t SET v = x.v FROM %s WHERE i = id %% %d + 1"
                  .formatted(values, type.values().size()),
              "DELETE FROM t WHERE id > 1000"));
    }
  },
  /** Large values beside it, and large arrays of it, that stay as they are. */
  TOAST {
    @Override
    Case of(ColumnType type) {
      String many =
          type.array()
              ? "array_fill(v, ARRAY[CASE WHEN i > %d THEN 2 ELSE 400 END])"
                  .formatted(type.values().size())
              : "v";
      return made(
          type,
          """
          CREATE TABLE t (id int PRIMARY KEY, v %s, many %s, big text);
          ALTER TABLE t ALTER big SET STORAGE EXTERNAL"""
              .formatted(type.sql(), type.array() ? type.sql() + "[]" : type.sql()),
          List.of(
              "INSERT INTO t SELECT i, v, %s, repeat('%s ' || i, 600) FROM %s"
                  .formatted(many, "stays ", numbered(type))),
          List.of(
              toNext(type, "t"),
              "UPDATE t SET big = big || 'x'",
              "UPDATE t SET id = id + 1000",
              "UPDATE t SET many = NULL WHERE id % 2 = 0",
              "DELETE FROM t WHERE id = 1001"));
    }
  },
  /** Arrays of it: empty, with nothing in them, of two dimensions, with bounds of their own. */
  ARRAY {
    @Override
    Case of(ColumnType type) {
      String values = numbered(type);
      String shapes =
          """
          INSERT INTO t SELECT %1$d + 1, array_agg(v ORDER BY i) FROM %2$s;
          INSERT INTO t SELECT %1$d + 2, array_agg(v ORDER BY i) || NULL FROM %2$s;
          INSERT INTO t SELECT %1$d + 3, array_fill(v, ARRAY[2, 2], ARRAY[-1, 5]) FROM %2$s WHERE i = 1;
          INSERT INTO t SELECT %1$d + 4, array_fill(NULL::%3$s, ARRAY[1, 1, 2]);
          INSERT INTO t VALUES (%1$d + 5, '{}'), (%1$d + 6, NULL);
          INSERT INTO t SELECT %1$d + 6 + i, ARRAY[[v, NULL], [NULL, v]] FROM %2$s""";
      return made(
          type,
          "CREATE TABLE t (id int PRIMARY KEY, a %s[]); ALTER TABLE t REPLICA IDENTITY FULL"
              .formatted(type.sql()),
          List.of(shapes.formatted(0, values, type.sql())),
          List.of(
              shapes.formatted(1000, values, type.sql()),
              "UPDATE t SET a = other.a FROM t other WHERE other.id = t.id + 1 AND t.id < 6",
              "DELETE FROM t WHERE id > 1003"));
    }

    @Override
    boolean isFor(ColumnType type) {
      return type.array();
    }
  };

  abstract Case of(ColumnType type);

  boolean isFor(ColumnType type) {
    return true;
  }

  Case made(ColumnType type, String table, List<String> rows, List<String> changes) {
    List<String> schema = new ArrayList<>(type.setup());
    schema.add(table);
    String name = type.name() + " / " + name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return Case.of(name, schema, rows, changes).since(type.from());
  }

  private static String numbered(ColumnType type) {
    return ColumnType.numbered(type.all(), type.sql());
  }

  private static String toNext(ColumnType type, String table) {
    return "UPDATE %s SET v = x.v FROM %s WHERE i = id %% %d + 1"
        .formatted(table, numbered(type), type.all().size());
  }
}
