package io.understudy.journal.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTextTest {
  private static List<String> split(String sql) {
    return SqlText.statements(sql, false).stream().map(SqlText::text).toList();
  }

  @Test
  void splitsAtSemicolonsThatEndStatementsOnly() {
    assertThat(
            split(
                "SELECT ';'; SELECT \";\" ;; -- ;\n SELECT $$;$$, $a$ ; $$ ; $a$; /* ; /* ; */ */"))
        .containsExactly("SELECT ';'", "SELECT \";\"", "SELECT $$;$$, $a$ ; $$ ; $a$");
    assertThat(split("CREATE RULE r AS ON DELETE TO t DO INSTEAD (SELECT 1; SELECT 2); SELECT 3"))
        .containsExactly(
            "CREATE RULE r AS ON DELETE TO t DO INSTEAD (SELECT 1; SELECT 2)", "SELECT 3");
    assertThat(split("SELECT 'it''s;'; SELECT E'it\\'s;'; SELECT a$b; SELECT $1"))
        .containsExactly("SELECT 'it''s;'", "SELECT E'it\\'s;'", "SELECT a$b", "SELECT $1");
    assertThat(split("-- first\n  /* then */ SELECT 1 -- last"))
        .containsExactly("SELECT 1 -- last");
    assertThat(split(" ; ; ")).isEmpty();
    assertThat(split("SELECT 'never ends; ")).hasSize(1);
  }

  @Test
  void aBodyOfStatementsBelongsToItsFunction() {
    String function =
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END";
    assertThat(split(function + "; BEGIN; SELECT 1; END"))
        .containsExactly(function, "BEGIN", "SELECT 1", "END");
  }

  @Test
  void aBackslashEscapesWhereTheServerSaysSo() {
    String sql = "SELECT 'a\\'; b'; SELECT 2";
    assertThat(SqlText.statements(sql, true)).hasSize(2);
    assertThat(split(sql)).containsExactly("SELECT 'a\\'", "b'; SELECT 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CREATE TABLE t (a int)                                    | CREATE TABLE
          create unlogged table if not exists "t" as select 1       | CREATE TABLE AS
          CREATE TABLE t (a int GENERATED ALWAYS AS (1) STORED)     | CREATE TABLE
          CREATE OR REPLACE TEMP RECURSIVE VIEW v (a) AS SELECT 1   | CREATE VIEW
          CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)               | CREATE INDEX
          CREATE MATERIALIZED VIEW m AS SELECT 1                    | CREATE MATERIALIZED VIEW
          CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t             | CREATE TRIGGER
          CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple)       | CREATE TEXT SEARCH DICTIONARY
          ALTER TABLE ONLY t ADD c int                              | ALTER TABLE
          ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x      | ALTER DEFAULT PRIVILEGES
          DROP FOREIGN TABLE f                                      | DROP FOREIGN TABLE
          DROP OWNED BY x                                           | DROP OWNED
          GRANT SELECT ON t TO x                                    | GRANT
          GRANT a TO b                                              | GRANT ROLE
          GRANT CONNECT ON DATABASE d TO x                          | ''
          COMMENT ON COLUMN t.a IS 'x'                              | COMMENT
          COMMENT ON DATABASE d IS 'x'                              | ''
          REFRESH MATERIALIZED VIEW m                               | REFRESH MATERIALIZED VIEW
          REASSIGN OWNED BY a TO b                                  | REASSIGN OWNED
          SELECT 1                                                  | ''
          """)
  void tellsTheKindOfAStatement(String sql, String tag) {
    assertThat(SqlText.statements(sql, false).get(0).tag()).isEqualTo(tag);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CREATE INDEX CONCURRENTLY i ON t (a)             | CREATE INDEX  i ON t (a)
          DROP INDEX /* x */ concurrently i                | DROP INDEX /* x */  i
          ALTER TABLE a DETACH PARTITION b CONCURRENTLY    | ALTER TABLE a DETACH PARTITION b
          ALTER TABLE a DETACH PARTITION b FINALIZE        | ALTER TABLE a DETACH PARTITION b
          ALTER TABLE a RENAME COLUMN b TO finalize        | ALTER TABLE a RENAME COLUMN b TO finalize
          REFRESH MATERIALIZED VIEW CONCURRENTLY m         | REFRESH MATERIALIZED VIEW CONCURRENTLY m
          CREATE INDEX "CONCURRENTLY" ON t (a)             | CREATE INDEX "CONCURRENTLY" ON t (a)
          """)
  void goesIntoATransaction(String sql, String expected) {
    assertThat(SqlText.statements(sql, false).get(0).inTransaction().strip()).isEqualTo(expected);
  }
}
