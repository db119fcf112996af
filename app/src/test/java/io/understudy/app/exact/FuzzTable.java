package io.understudy.app.exact;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A table of random columns and a random way to tell its rows apart, and random statements on it.
 */
final class FuzzTable {
  /** Few numbers, so that keys are used again. */
  private static final int NUMBERS = 40;

  private static final int LARGE = 20;
  private static final int MAX_COLUMNS = 5;
  private static final int MAX_ROWS = 12;

  private enum Identity {
    KEY("PRIMARY KEY (id)", "", ""),
    TWO_COLUMNS("PRIMARY KEY (u, id)", "", ""),
    UNIQUE_BESIDE("PRIMARY KEY (id), UNIQUE (u)", "", ""),
    FULL_WITH_KEY("PRIMARY KEY (id)", "", "FULL"),
    KEYLESS("CHECK (true)", "", "FULL"),
    DEFERRABLE("UNIQUE (id) DEFERRABLE INITIALLY DEFERRED", "", "FULL"),
    INDEX("UNIQUE (id)", "", "USING INDEX %s_id_key"),
    PARTITIONS("PRIMARY KEY (id)", "PARTITION BY HASH (id)", "");

    private final String constraint;
    private final String partitions;
    private final String replica;

    Identity(String constraint, String partitions, String replica) {
      this.constraint = constraint;
      this.partitions = partitions;
      this.replica = replica;
    }
  }

  private final String name;
  private final Random random;
  private final List<ColumnType> columns = new ArrayList<>();
  private final Identity identity;

  FuzzTable(String name, Random random, List<ColumnType> types) {
    this.name = name;
    this.random = random;
    this.identity = Identity.values()[random.nextInt(Identity.values().length)];
    for (int i = random.nextInt(MAX_COLUMNS); i >= 0; i--) {
      columns.add(types.get(random.nextInt(types.size())));
    }
  }

  String name() {
    return name;
  }

  String create() {
    StringBuilder sql = new StringBuilder("CREATE TABLE " + name + " (");
    for (int i = 0; i < columns.size(); i++) {
      sql.append('c').append(i).append(' ').append(columns.get(i).sql()).append(", ");
    }
    sql.append("id int NOT NULL, big text, u int NOT NULL, ");
    sql.append(identity.constraint + ") " + identity.partitions + ";");
    if (identity == Identity.PARTITIONS) {
      for (int i = 0; i < 3; i++) {
        sql.append(
            "CREATE TABLE %1$s_%2$d PARTITION OF %1$s FOR VALUES WITH (MODULUS 3, REMAINDER %2$d);"
                .formatted(name, i));
      }
    } else {
      sql.append("ALTER TABLE " + name + " ALTER big SET STORAGE EXTERNAL;");
    }
    if (!identity.replica.isEmpty()) {
      sql.append(("ALTER TABLE " + name + " REPLICA IDENTITY " + identity.replica).formatted(name));
    }
    return sql.toString();
  }

  /** One that may fail for what the table holds. */
  String statement() {
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> insert();
      case 4, 5 -> set("c" + random.nextInt(columns.size()));
      case 6 -> "UPDATE %s SET u = %d - u %s".formatted(name, number(), some());
      case 7 ->
          "UPDATE %s SET big = repeat('%d ', %d) %s"
              .formatted(name, number(), random.nextInt(3) * 2000, some());
      case 8 -> "UPDATE %s SET id = id + %d %s".formatted(name, number() - NUMBERS / 2, some());
      case 9 -> "UPDATE %1$s SET id = %2$d - id, u = -u %3$s".formatted(name, number(), some());
      case 10 -> "DELETE FROM " + name + " " + some();
      default ->
          "DELETE FROM %1$s WHERE (tableoid, ctid) IN (SELECT DISTINCT ON (id) tableoid, ctid FROM %1$s %2$s ORDER BY id, ctid)"
              .formatted(name, some());
    };
  }

  private String insert() {
    StringBuilder sql = new StringBuilder("INSERT INTO " + name + " VALUES ");
    int rows = 1 + random.nextInt(MAX_ROWS);
    for (int row = 0; row < rows; row++) {
      sql.append(row == 0 ? "(" : ", (");
      sql.append(columns.stream().map(this::value).collect(Collectors.joining(", ")));
      sql.append(
          ", %d, %s, %d)"
              .formatted(
                  number(), random.nextInt(4) == 0 ? "repeat('big ', 1500)" : "NULL", number()));
    }
    return sql + (identity == Identity.DEFERRABLE ? "" : " ON CONFLICT DO NOTHING");
  }

  private String set(String column) {
    ColumnType type = columns.get(Integer.parseInt(column.substring(1)));
    return "UPDATE %s SET %s = %s %s".formatted(name, column, value(type), some());
  }

  private String value(ColumnType type) {
    if (random.nextInt(6) == 0) {
      return "NULL";
    }
    boolean large = !type.large().isEmpty() && random.nextInt(LARGE) == 0;
    List<String> values = large ? type.large() : type.values();
    return "CAST(%s AS %s)".formatted(values.get(random.nextInt(values.size())), type.sql());
  }

  private String some() {
    int parts = 1 + random.nextInt(6);
    return "WHERE abs(id) %% %d = %d".formatted(parts, random.nextInt(parts));
  }

  private int number() {
    return random.nextInt(NUMBERS);
  }
}
