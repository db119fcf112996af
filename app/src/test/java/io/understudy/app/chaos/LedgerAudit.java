package io.understudy.app.chaos;

import io.understudy.app.harness.Connections;
import io.understudy.app.harness.Findings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/**
 * Compares the ledger of one database with what the clients know: every acknowledged transaction is
 * there, once; none that was rolled back; none that nobody sent; and the counters agree.
 */
final class LedgerAudit {
  static final String LEDGER = "ledger";

  private final String name;
  private final Connections database;
  private final Findings findings;

  /**
   * @param name of the database, for people
   */
  LedgerAudit(String name, Connections database, Findings findings) {
    this.name = name;
    this.database = database;
    this.findings = findings;
  }

  void run(History history) throws SQLException {
    Set<String> missing = history.with(History.Outcome.COMMITTED);
    Set<String> rolledBack = history.with(History.Outcome.ROLLED_BACK);
    Set<String> maybe = history.with(History.Outcome.MAYBE);
    Set<String> seen = new HashSet<>();
    try (Connection connection = database.open();
        Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("SELECT number, token FROM ledger")) {
        while (rows.next()) {
          long number = rows.getLong(1);
          String token = rows.getString(2);
          boolean known = missing.remove(token) || maybe.contains(token);
          if (!seen.add(token)) {
            add("transaction " + number + " is there twice");
          } else if (rolledBack.contains(token)) {
            add("transaction " + number + " was rolled back");
          } else if (!known) {
            add("transaction " + number + " was never sent by a client");
          }
        }
      }
      missing.forEach(token -> add("acknowledged transaction " + token + " is missing"));
      Counts.read(connection).broken().forEach(this::add);
      try (ResultSet rows =
          statement.executeQuery(
              """
              SELECT c.client, c.steps, count(l.number), coalesce(max(l.step), 0), count(DISTINCT l.step)
                FROM ledger_client c LEFT JOIN ledger l USING (client) GROUP BY c.client, c.steps
               HAVING NOT (c.steps = count(l.number) AND c.steps = coalesce(max(l.step), 0)
                           AND c.steps = count(DISTINCT l.step))""")) {
        while (rows.next()) {
          add(
              "client %d counted %d steps, the ledger has %d rows of it, the last with step %d"
                  .formatted(rows.getInt(1), rows.getLong(2), rows.getLong(3), rows.getLong(4)));
        }
      }
    }
  }

  private void add(String finding) {
    findings.add(LEDGER, name + ": " + finding);
  }
}
