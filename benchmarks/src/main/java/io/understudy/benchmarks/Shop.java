package io.understudy.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A database to copy: one large table, several others, and what an application puts on them. */
final class Shop {
  private static final String SCHEMA =
      """
      CREATE TABLE customer (id bigint PRIMARY KEY, mail text NOT NULL UNIQUE, name text,
        since date NOT NULL, profile jsonb);
      CREATE TABLE item (id int PRIMARY KEY, code varchar(20) NOT NULL, price numeric(12,2) NOT NULL,
        description text);
      CREATE TABLE stock (item int PRIMARY KEY, left_over int NOT NULL, at timestamptz NOT NULL);
      CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, placed timestamptz NOT NULL,
        state text NOT NULL, total numeric(14,2) NOT NULL, note text, extra jsonb);
      CREATE TABLE line (orders bigint NOT NULL, n smallint NOT NULL, item int NOT NULL,
        amount numeric(10,3) NOT NULL, price numeric(12,2) NOT NULL, PRIMARY KEY (orders, n));
      CREATE TABLE event (id uuid PRIMARY KEY, at timestamp NOT NULL, kind int NOT NULL,
        measured double precision, payload jsonb NOT NULL)""";

  private static final String[] ROWS = {
    """
    INSERT INTO customer SELECT g, 'c' || g || '@example.org', md5(g::text), '2020-01-01'::date + g % 1500,
      jsonb_build_object('city', md5((g % 1000)::text), 'tags', jsonb_build_array(g % 7, g % 11))
      FROM generate_series(1, 1500 * %1$d) g""",
    "INSERT INTO item SELECT g, 'i' || g, g * 1.01, repeat(md5(g::text), 4) FROM generate_series(1, 20000) g",
    "INSERT INTO stock SELECT g, g % 100, now() FROM generate_series(1, 20000) g",
    """
    INSERT INTO orders SELECT g, 1 + g % (1500 * %1$d), '2023-01-01'::timestamptz + g * interval '17 seconds',
      (ARRAY['new', 'paid', 'sent', 'back'])[1 + g % 4], (g % 100000) * 1.07,
      md5(g::text) || ' ' || md5((g + 1)::text), jsonb_build_object('way', g % 5, 'ref', md5((g * 3)::text))
      FROM generate_series(1, 10000 * %1$d) g""",
    """
    INSERT INTO line SELECT 1 + g / 2, g % 2, 1 + g % 20000, (g % 1000) * 0.125, (g % 5000) * 1.03
      FROM generate_series(0, 16000 * %1$d) g""",
    """
    INSERT INTO event SELECT md5(g::text)::uuid, '2024-01-01'::timestamp + g * interval '1 second', g % 50,
      g / 7.0, jsonb_build_object('kind', g % 50, 'text', repeat(md5(g::text), 3))
      FROM generate_series(1, 4000 * %1$d) g""",
  };

  private static final String INDEXES =
      """
      CREATE INDEX ON orders (customer); CREATE INDEX ON orders (placed); CREATE INDEX ON orders (state, total);
      CREATE INDEX ON line (item); CREATE INDEX ON event (at); CREATE INDEX ON event (kind, measured);
      ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customer;
      ALTER TABLE line ADD FOREIGN KEY (item) REFERENCES item;
      ALTER TABLE stock ADD FOREIGN KEY (item) REFERENCES item""";

  private Shop() {}

  /**
   * @param scale 100 makes about 500 MB, half of which are one table and its indexes
   */
  static void make(Connection client, int scale) throws SQLException {
    try (Statement statement = client.createStatement()) {
      statement.execute(SCHEMA);
      for (String rows : ROWS) {
        statement.execute(rows.replace("%1$d", Integer.toString(scale)));
      }
      statement.execute(INDEXES);
      statement.execute("VACUUM ANALYZE");
      statement.execute("CHECKPOINT");
    }
  }

  /** In bytes. */
  static long size(Connection client) throws SQLException {
    return number(client, "SELECT pg_database_size(current_database())");
  }

  /** How many rows there are, and how many indexes and foreign keys. */
  static String content(Connection client) throws SQLException {
    long rows = 0;
    for (String table : new String[] {"customer", "item", "stock", "orders", "line", "event"}) {
      rows += number(client, "SELECT count(*) FROM " + table);
    }
    return rows
        + " rows, "
        + number(client, "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'")
        + " indexes, "
        + number(client, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'")
        + " foreign keys";
  }

  private static long number(Connection client, String sql) throws SQLException {
    try (Statement statement = client.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
