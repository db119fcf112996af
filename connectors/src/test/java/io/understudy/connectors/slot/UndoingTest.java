package io.understudy.connectors.slot;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.postgres.SqlText;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UndoingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DROP TABLE a; DROP VIEW v; DROP TABLE b                                    | 2 | b
          SAVEPOINT s; DROP TABLE a; ROLLBACK TO s; DROP TABLE b                     | 1 | b
          SAVEPOINT s; DROP TABLE a; ROLLBACK TO "s"; DROP TABLE b; DROP TABLE c     | 2 | c
          SAVEPOINT s; DROP TABLE a; ROLLBACK WORK TO SAVEPOINT S; DROP TABLE b      | 1 | b
          DROP TABLE a; ROLLBACK; DROP TABLE b                                       | 1 | b
          BEGIN; DROP TABLE a; COMMIT; BEGIN; DROP TABLE b; ABORT; DROP TABLE c      | 2 | c
          BEGIN; DROP TABLE a; COMMIT; BEGIN; DROP TABLE b; ABORT; DROP TABLE c      | 1 | a
          DROP TABLE a; ROLLBACK TO of_before; DROP TABLE b                          | 1 | b
          SAVEPOINT s; DROP TABLE a; RELEASE s; DROP TABLE b                         | 2 | b
          SAVEPOINT s; DROP TABLE a; SAVEPOINT t; DROP TABLE b; ROLLBACK TO s; DROP TABLE c | 1 | c
          DROP TABLE a; SAVEPOINT s; DROP TABLE b; SAVEPOINT s; DROP TABLE c; ROLLBACK TO s; DROP TABLE d | 3 | d
          DROP TABLE a; PREPARE TRANSACTION 'p'; ROLLBACK PREPARED 'p'; DROP TABLE b | 2 | b
          """)
  void findsTheStatementThatTheSourceCounted(String text, int nth, String name) {
    List<SqlText> found = Undoing.nth(SqlText.statements(text, false), "DROP TABLE", nth);
    assertThat(found).extracting(SqlText::text).containsExactly("DROP TABLE " + name);
  }
}
