package io.understudy.applier.postgres;

import io.understudy.applier.HeldChange;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Ddl;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Sequence;
import io.understudy.journal.postgres.Quoting;
import io.understudy.journal.postgres.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs statements that change the schema, as the role and under the settings that they had on the
 * source, in the open transaction.
 */
final class SchemaReplay {
  private static final Logger log = LoggerFactory.getLogger(SchemaReplay.class);

  private static final String HAND_OVER = "SELECT set_config('understudy.statement', ?, true)";

  private static final String MAY_BECOME =
      "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ? AND pg_has_role(oid, 'MEMBER'))";

  /** What does something of its own even for an applier's statements. */
  private static final String FIRING =
      """
      SELECT 'trigger ' || quote_ident(t.tgname) || ' of table ' || t.tgrelid::regclass
        FROM pg_trigger t
       WHERE t.tgenabled IN ('A', 'R')
      UNION ALL
      SELECT 'rule ' || quote_ident(r.rulename) || ' of table ' || r.ev_class::regclass
        FROM pg_rewrite r
       WHERE r.ev_enabled IN ('A', 'R') AND r.ev_type <> '1'
      """;

  /** The only kind of statement that makes triggers and rules such. */
  private static final String MAKES_FIRING = "ALTER TABLE";

  private static final int LONGEST_SPOKEN = 2_000;

  private final DatabaseName database;
  private final Connection connection;
  private final Failures failures;
  private final Map<HeldChanges.Place, HeldChange.Way> decisions;

  /** Of the open transaction. */
  private int number;

  SchemaReplay(
      DatabaseName database,
      Connection connection,
      Failures failures,
      Map<HeldChanges.Place, HeldChange.Way> decisions) {
    this.database = database;
    this.connection = connection;
    this.failures = failures;
    this.decisions = decisions;
  }

  /** A change that was not run: nothing after it may be. */
  static final class HeldException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient HeldChanges.Place place;
    private final transient Ddl ddl;

    private HeldException(HeldChanges.Place place, Ddl ddl, String why) {
      super(why);
      this.place = place;
      this.ddl = ddl;
    }

    HeldChanges.Place place() {
      return place;
    }

    Ddl ddl() {
      return ddl;
    }
  }

  /** The transaction is over. */
  void forget() {
    number = 0;
  }

  /**
   * @param sequence of the transaction that it belongs to
   */
  void run(Ddl ddl, Sequence sequence) throws SQLException, HeldException {
    number++;
    HeldChanges.Place place = new HeldChanges.Place(sequence, number);
    HeldChange.Way way = decisions.get(place);
    if (way == HeldChange.Way.SKIP || way == HeldChange.Way.DONE) {
      log.info("database={} sequence={} left out, as decided: {}", database, sequence, ddl.text());
      return;
    }
    if (ddl.obstacle().isPresent()) {
      throw new HeldException(place, ddl, ddl.obstacle().get());
    }
    Savepoint before = connection.setSavepoint();
    try {
      Set<String> firing = firing(ddl);
      execute(ddl);
      Set<String> more = firing(ddl);
      more.removeAll(firing);
      if (!more.isEmpty()) {
        connection.rollback(before);
        throw new HeldException(
            place,
            ddl,
            String.join(", ", more)
                + " would fire for mirrored changes, too, whose effects the source's log already"
                + " holds");
      }
      connection.releaseSavepoint(before);
      log.info("database={} sequence={} schema change: {}", database, sequence, spoken(ddl));
    } catch (SQLException e) {
      MirrorException failure = failures.of(ddl.tag(), e);
      if (failure instanceof MirrorException.Transient) {
        throw e;
      }
      connection.rollback(before);
      if (!ddl.outside()) {
        throw new HeldException(place, ddl, Failures.state(e) + ": " + Failures.spoken(e));
      }
      log.warn(
          "database={} sequence={} not done, it is about no table of the mirror: {}: {}",
          database,
          sequence,
          spoken(ddl),
          Failures.spoken(e));
    }
  }

  private Set<String> firing(Ddl ddl) throws SQLException {
    Set<String> firing = new TreeSet<>();
    if (ddl.tag().equals(MAKES_FIRING) && !ddl.outside()) {
      try (PreparedStatement statement = connection.prepareStatement(FIRING);
          ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          firing.add(row.getString(1));
        }
      }
    }
    return firing;
  }

  /** What belongs to a statement of nobody's holds values of rows. */
  private static String spoken(Ddl ddl) {
    return ddl.role().isEmpty()
        ? "values that the source filled in"
        : ddl.text().substring(0, Math.min(ddl.text().length(), LONGEST_SPOKEN));
  }

  /**
   * In one call to the server: the driver must not see settings that it cannot work under, as it
   * does when a call returns.
   */
  private void execute(Ddl ddl) throws SQLException {
    Map<String, String> settings = new LinkedHashMap<>(ddl.settings());
    if (mayBecome(ddl.role())) {
      settings.put("role", ddl.role());
    }
    int patience = connection.getNetworkTimeout();
    connection.setNetworkTimeout(Runnable::run, 0);
    try (Statement statement = connection.createStatement()) {
      statement.execute("DISCARD TEMP"); // ours may have columns of a type that is to go
      statement.execute("SET LOCAL statement_timeout = 0");
      for (SqlText text : statements(ddl)) {
        try (PreparedStatement handOver = connection.prepareStatement(HAND_OVER)) {
          handOver.setString(1, text.inTransaction());
          handOver.execute();
        }
        statement.execute(block(settings));
      }
      statement.execute("SET LOCAL statement_timeout TO DEFAULT");
      statement.execute("DEALLOCATE ALL"); // what was planned may not fit any more
    } finally {
      connection.setNetworkTimeout(Runnable::run, patience);
    }
  }

  private static String block(Map<String, String> settings) {
    String body =
        """
        DECLARE
          names text[] := %s;
          settings text[] := %s;
          former text[] := ARRAY(SELECT current_setting(n) FROM unnest(names) WITH ORDINALITY u(n, i) ORDER BY i);
        BEGIN
          FOR i IN 1..cardinality(names) LOOP
            PERFORM pg_catalog.set_config(names[i], settings[i], true);
          END LOOP;
          EXECUTE pg_catalog.current_setting('understudy.statement');
          FOR i IN REVERSE pg_catalog.cardinality(names)..1 LOOP
            PERFORM pg_catalog.set_config(names[i], former[i], true);
          END LOOP;
        END"""
            .formatted(array(settings.keySet()), array(settings.values()));
    return "DO " + Quoting.literal(body);
  }

  private static String array(Collection<String> texts) {
    return texts.stream()
        .map(Quoting::literal)
        .collect(Collectors.joining(", ", "ARRAY[", "]::text[]"));
  }

  private static List<SqlText> statements(Ddl ddl) {
    return SqlText.statements(
        ddl.text(), "off".equals(ddl.settings().get("standard_conforming_strings")));
  }

  private boolean mayBecome(String role) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MAY_BECOME)) {
      statement.setString(1, role);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }
}
