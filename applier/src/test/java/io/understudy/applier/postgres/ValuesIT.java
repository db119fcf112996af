package io.understudy.applier.postgres;

import static io.understudy.applier.postgres.StandbyDatabase.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.applier.Changes;
import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import io.understudy.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every value prints on the standby as it prints on the source. */
@ExtendWith(WithServer.class)
class ValuesIT {
  private static final String TYPES =
      """
      CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"');
      CREATE TYPE pair AS (a int, b text);
      CREATE DOMAIN positive AS numeric(8,3) CHECK (value > 0);
      CREATE TABLE t (
        id bigint PRIMARY KEY, i2 smallint, n numeric, n2 numeric(10,2), f4 real, f8 double precision,
        m money, b boolean, c "char", c5 character(5), v varchar(9), x text, y bytea,
        d date, ts timestamp, ts3 timestamptz(3), tz timestamptz, ti time, titz timetz, iv interval,
        u uuid, j json, jb jsonb, xm xml, bi bit(9), vb varbit, ip inet, ci cidr, ma macaddr,
        p point, bo box, po polygon, r int4range, mr int4multirange, tsv tsvector, tsq tsquery,
        ia int[], ta text[], ba bytea[], e mood, ea mood[], pa pair, dm positive, na name, o oid,
        lsn pg_lsn, ln line, ci2 circle)""";

  private static final String ROWS =
      """
      INSERT INTO t VALUES
        (1, -32768, 'NaN', -0.01, '-0', '5e-324', '-1.50', true, 'x', 'a b', ' ', E'tab\\t\\\\ \\n', '\\x00ff',
         '4713-01-01 BC', 'infinity', '-infinity', '2024-03-31 02:30:00.123456+05:45', '24:00',
         '23:59:59.999999-15:59', '-1 year 2 mons -3 days 04:05:06.7',
         '00000000-0000-0000-0000-000000000001', '{"a":  1}', '{"a":  1e2}', '<a>&amp;</a>', B'101010101',
         B'', '::1/64', '10.0.0.0/8', '08:00:2b:01:02:03', '(1e300,-0)', '(1,2),(3,4)',
         '((0,0),(1,1),(1,0))', '[1,5)', '{[1,3),[5,9)}', '''it''''s'' b:1A', 'a & !b', '{{1,NULL},{3,4}}',
         '{"a,b",NULL,"NULL","",\\"}', '{"\\\\x00","\\\\x5c"}', 'it''s "ok"', '{sad,NULL}',
         '(1,"a ""b"", (c)")', 1.5, 'Name', 4294967295, '16/B374D848', '{1,2,3}', '<(1,2),3>')
      ; INSERT INTO t VALUES
        (2, 0, 'Infinity', 0, 'NaN', '-Infinity', '0', false, '', '', '', '', '',
         'infinity', '0044-03-15 12:00 BC', '1883-11-18 12:03:58-05', '294276-12-31 23:59:59+00',
         '00:00', '00:00+15:59', '0', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '[]', 'null', '<b/>', B'000000000',
         B'1', '255.255.255.255', '::/0', 'ff:ff:ff:ff:ff:ff', '(NaN,Infinity)', '(0,0),(0,0)', '((0,0))',
         'empty', '{}', '', '', '{}', '{}', '{}', 'sad', '{}', '(,)', 0.001, '', 0, '0/0', '{1,0,0}', '<(0,0),0>')
      ; INSERT INTO t VALUES
        (3, NULL, 123456789012345678901234567890.123456789, NULL, 1.1, 0.1, NULL, NULL, NULL, NULL, NULL,
         repeat('ä€𝄞', 3000), decode(repeat('00ff', 5000), 'hex'))""";

  private final PostgresServer server;

  ValuesIT(PostgresServer server) {
    this.server = server;
  }

  @Test
  void everyTypeIsExactInInsertsUpdatesAndWithoutAKey() throws SQLException {
    try (StandbyDatabase north = StandbyDatabase.create(server, TYPES);
        StandbyDatabase south = StandbyDatabase.create(server, TYPES);
        StandbySession session = south.follow("me")) {
      north.execute(ROWS);
      Relation keyed = types(south);
      Relation noKey =
          new Relation(
              keyed.table(),
              keyed.columns().stream().map(c -> new Column(c.name(), c.type(), false)).toList());
      List<Row> rows = rows(north, keyed);

      List<Change> many = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Row row = rows.get(i % rows.size());
        many.add(new Change.Insert(keyed, withId(row, new Value.Text(Integer.toString(i)))));
      }
      session.apply(many);
      assertThat(content(south)).as("not visible before the commit").isEmpty();
      session.commit(at(1));
      for (int i = 0; i < rows.size(); i++) {
        String same = "SELECT md5(('x' || t)::text) FROM (SELECT %s FROM t WHERE id %% 3 = %d) t";
        String columns =
            keyed.columns().stream().skip(1).map(Column::name).collect(Collectors.joining(", "));
        assertThat(south.query(same.formatted(columns, i)).stream().distinct().toList())
            .isEqualTo(north.query(same.formatted(columns, (i + 1) % 3)));
      }
      south.execute("DELETE FROM t");

      List<Change> inserts = new ArrayList<>();
      rows.forEach(row -> inserts.add(new Change.Insert(keyed, row)));
      session.apply(inserts);
      session.commit(at(2));
      assertThat(content(south)).isEqualTo(content(north));

      List<Change> around = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        Row other = withId(rows.get((i + 1) % rows.size()), rows.get(i).get(0));
        around.add(new Change.Update(keyed, Optional.empty(), other));
        around.add(new Change.Update(noKey, Optional.of(other), rows.get(i)));
      }
      session.apply(around);
      session.commit(at(3));
      assertThat(content(south)).isEqualTo(content(north));

      for (Row row : rows) {
        session.apply(List.of(new Change.Delete(noKey, row)));
      }
      session.commit(at(4));
      assertThat(content(south)).isEmpty();
    }
  }

  @Test
  void aValueThatTheStandbyDoesNotTakeStopsItWithoutBeingTold() throws SQLException {
    String ddl = "CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v < 5), w int NOT NULL)";
    try (StandbyDatabase south = StandbyDatabase.create(server, ddl);
        StandbySession session = south.follow("me")) {
      Relation table = south.relation("t");
      assertThatThrownBy(() -> session.apply(List.of(Changes.insert(table, "1", "secret", "1"))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessage(
              "south: insert into public.t (key columns id): the standby does not take a value of"
                  + " column v (SQL state 22P02)")
          .hasNoCause();
      session.rollback();
      assertThatThrownBy(() -> session.apply(List.of(Changes.insert(table, "1", "7", "1"))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("constraint t_v_check")
          .hasNoCause();
      session.rollback();
      assertThatThrownBy(() -> session.apply(List.of(Changes.insert(table, "1", "1", null))))
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("column w")
          .hasNoCause();
      session.rollback();
      session.apply(List.of(Changes.insert(table, "1", "1", "1")));
      session.commit(at(1));
      assertThat(south.query("SELECT * FROM t")).containsExactly("1|1|1");
    }
  }

  /** The types as the connectors spell them: with nothing but pg_catalog in the path. */
  private static Relation types(StandbyDatabase database) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (Column column : database.relation("t").columns()) {
      String type = column.type();
      boolean own = type.startsWith("mood") || type.equals("pair") || type.equals("positive");
      columns.add(new Column(column.name(), own ? "public." + type : type, column.key()));
    }
    return new Relation(database.relation("t").table(), columns);
  }

  /** Rows as their types' output functions print them. */
  private static List<Row> rows(StandbyDatabase database, Relation relation) throws SQLException {
    String columns =
        relation.columns().stream()
            .map(
                c ->
                    c.type().equals("bytea")
                        ? c.name()
                        : "CASE WHEN num_nonnulls(%1$s) = 1 THEN format('%%s', %1$s) END"
                            .formatted(c.name()))
            .collect(Collectors.joining(", "));
    List<Row> rows = new ArrayList<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + columns + " FROM t ORDER BY id")) {
      while (row.next()) {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < relation.columns().size(); i++) {
          boolean bytes = relation.columns().get(i).type().equals("bytea");
          if (row.getObject(i + 1) == null) {
            values.add(Value.NULL);
          } else if (bytes) {
            values.add(new Value.Bytes(row.getBytes(i + 1)));
          } else {
            values.add(new Value.Text(row.getString(i + 1)));
          }
        }
        rows.add(new Row(values));
      }
    }
    return rows;
  }

  private static Row withId(Row row, Value id) {
    List<Value> values = new ArrayList<>(row.values());
    values.set(0, id);
    return new Row(values);
  }

  private static List<String> content(StandbyDatabase database) throws SQLException {
    return database.query("SELECT t::text FROM t ORDER BY id");
  }
}
