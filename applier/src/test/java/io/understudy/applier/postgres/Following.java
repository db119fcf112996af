package io.understudy.applier.postgres;

import static io.understudy.applier.postgres.StandbyDatabase.at;

import io.understudy.applier.StandbySession;
import io.understudy.journal.Change;
import io.understudy.journal.Relation;
import io.understudy.testkit.PostgresServer;
import java.sql.SQLException;
import java.util.List;

/** A standby with a table {@code t}, and the applier that follows a source there. */
final class Following implements AutoCloseable {
  private final StandbyDatabase south;
  private final StandbySession session;
  private int commits;

  private Following(StandbyDatabase south) {
    this.south = south;
    this.session = south.follow("me");
  }

  /**
   * @param ddl makes the table, with the rows that it has to begin with
   */
  static Following of(PostgresServer server, String ddl) throws SQLException {
    return new Following(StandbyDatabase.create(server, ddl));
  }

  /** The table as its source has it. */
  Relation table() throws SQLException {
    return south.relation("t");
  }

  void apply(List<Change> changes) {
    session.apply(changes);
  }

  /** Each commit is the source's next one. */
  void commit() {
    commits++;
    session.commit(at(commits));
  }

  void rollback() {
    session.rollback();
  }

  List<String> query(String sql) throws SQLException {
    return south.query(sql);
  }

  String value(String sql) throws SQLException {
    return south.value(sql);
  }

  @Override
  public void close() throws SQLException {
    try (south;
        session) {
      // in reverse order
    }
  }
}
