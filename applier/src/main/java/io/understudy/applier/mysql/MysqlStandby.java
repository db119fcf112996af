package io.understudy.applier.mysql;

import io.understudy.applier.Difference;
import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.applier.StandbySession;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableRules;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server of MySQL or MariaDB in the role of a standby; all state is on the server. */
final class MysqlStandby implements Standby {
  private static final Logger log = LoggerFactory.getLogger(MysqlStandby.class);

  private final MirrorName mirror;
  private final DatabaseName database;
  private final Product product;
  private final Failures failures;
  private final Pool pool;
  private final ProgressTable table;
  private final Ownership ownership;
  private final ReadOnly readOnly;
  private final InitialFill fill;

  /** Names this object as the one that fills the database. */
  private final String copier = "init " + UUID.randomUUID();

  MysqlStandby(MirrorName mirror, DatabaseSettings settings) {
    this.mirror = mirror;
    this.database = settings.name();
    this.product = Product.of(settings.url()).orElseThrow();
    this.failures = new Failures(database, settings.user(), product);
    this.pool = new Pool(mirror, settings, product, failures);
    this.table = new ProgressTable(mirror);
    this.ownership = new Ownership(mirror, database, table);
    this.readOnly = new ReadOnly(product);
    this.fill = new InitialFill(database, failures);
  }

  @Override
  public List<Difference> differences(List<Relation> tables) {
    return differences(tables, List.of());
  }

  @Override
  public List<Difference> differences(List<Relation> tables, List<TableRules> rules) {
    return pool.inTransaction(
        "comparing tables",
        connection -> {
          List<Difference> found =
              new ArrayList<>(Differences.of(database, product, connection, tables));
          found.addAll(RuleDifferences.of(database, connection, tables, rules));
          return List.copyOf(found);
        });
  }

  @Override
  public List<Relation> notEmpty(List<Relation> tables) {
    return pool.inTransaction(
        "looking for rows",
        connection -> {
          List<Relation> found = new ArrayList<>();
          for (Relation relation : tables) {
            String any = "SELECT 1 FROM " + Sql.name(relation.table()) + " LIMIT 1";
            // One that is missing is told of by differences().
            if (StandbyTable.load(connection, relation.table()).isPresent()
                && Rows.value(connection, any).isPresent()) {
              found.add(relation);
            }
          }
          return found;
        });
  }

  @Override
  public void prepare() {
    pool.inTransaction(
        "making table understudy.mirror",
        connection -> {
          table.create(connection);
          return null;
        });
  }

  @Override
  public Optional<Progress> progress() {
    return entry().flatMap(ProgressTable.Entry::progress);
  }

  @Override
  public boolean copyInterrupted() {
    return entry().filter(entry -> entry.state() == ProgressTable.State.COPYING).isPresent();
  }

  @Override
  public boolean wasOpened() {
    return entry().filter(entry -> entry.state() == ProgressTable.State.OPEN).isPresent();
  }

  private Optional<ProgressTable.Entry> entry() {
    return pool.inTransaction("reading the progress row", table::read);
  }

  @Override
  public void beginCopy(List<Relation> tables) {
    pool.inTransaction(
        "emptying tables for the copy",
        connection -> {
          requireNoSource(connection);
          table.beginCopy(connection, copier);
          connection.commit();
          holdOthersOff(connection);
          endFormerSession(connection);
          fill.empty(connection, tables);
          return null;
        });
  }

  private void endFormerSession(Connection connection) throws SQLException {
    ownership.seize(connection);
    ownership.release(connection);
  }

  @Override
  public long copyIn(Relation relation, RowForm form, InputStream rows) throws IOException {
    String operation = "copy into " + relation.table();
    try (Connection connection = pool.open()) {
      try {
        if (!table.holdCopy(connection, copier)) {
          throw superseded(operation);
        }
        long count = fill.copy(connection, relation, rows);
        connection.commit();
        return count;
      } catch (SQLException | IOException | RuntimeException e) {
        Pool.rollback(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw failures.of(operation, e);
    }
  }

  @Override
  public void endCopy(Progress progress) {
    pool.inTransaction(
        "completing the copy",
        connection -> {
          if (!table.completeCopy(connection, copier, progress)) {
            throw superseded("completing the copy");
          }
          connection.commit();
          holdOthersOff(connection);
          return null;
        });
  }

  private MirrorException superseded(String operation) {
    return new MirrorException.Superseded(
        database + ": " + operation + ": another `init` began to fill this database");
  }

  @Override
  public StandbySession takeOver(String owner) {
    return openSession(
        "taking over the applier of " + database,
        owner,
        connection -> {
          ownership.requireFollowing(connection);
          ownership.seize(connection);
          return ownership.take(connection, owner);
        });
  }

  @Override
  public StandbySession resume(String owner) {
    return openSession(
        "going on with applying to " + database,
        owner,
        connection -> {
          ownership.requireOwn(connection, owner);
          ownership.seize(connection);
          return ownership.keep(connection, owner);
        });
  }

  private StandbySession openSession(String operation, String owner, Pool.Work<Progress> begin) {
    Connection connection = null;
    try {
      connection = pool.open();
      Progress progress = begin.on(connection);
      connection.commit();
      requireNoSource(connection);
      if (!holdOthersOff(connection)) {
        log.warn(
            "database={} was not read-only any more (MariaDB forgets it in a restart): what others"
                + " wrote there since then makes it differ from the source",
            database);
      }
      Lanes lanes = Lanes.load(connection);
      connection.commit();
      return new MysqlSession(database, connection, pool, failures, table, owner, lanes, progress);
    } catch (SQLException e) {
      discard(connection);
      throw failures.of(operation, e);
    } catch (RuntimeException e) {
      discard(connection);
      throw e;
    }
  }

  private void discard(Connection connection) {
    if (connection != null) {
      pool.discard(connection);
    }
  }

  /** Being read-only is the whole server's: it cannot be a standby and a source. */
  private void requireNoSource(Connection connection) throws SQLException {
    List<String> sources = table.others(connection, ProgressTable.State.OPEN);
    if (!sources.isEmpty()) {
      throw new MirrorException.Operator(
          "the server of "
              + database
              + " was opened for writing by a promotion of mirror "
              + String.join(", ", sources)
              + ", so it cannot be held read-only for mirror "
              + mirror,
          "give the standby of mirror "
              + mirror
              + " a server of its own; if the other mirror is no more, delete its row from"
              + " understudy.mirror");
    }
  }

  /** Returns whether it did already. */
  private boolean holdOthersOff(Connection connection) throws SQLException {
    connection.commit(); // what was read, lest it wait for itself
    boolean already = ReadOnly.isOn(connection);
    connection.commit();
    readOnly.turnOn(connection);
    if (!already) {
      log.info("database={} is read-only now", database);
    }
    return already;
  }

  @Override
  public List<String> open() {
    return pool.inTransaction(
        "opening for writing",
        connection -> {
          if (table.lock(connection).isPresent()) {
            table.own(connection, "nobody " + UUID.randomUUID(), ProgressTable.State.OPEN);
          }
          connection.commit();
          endFormerSession(connection);
          connection.commit();
          List<String> done = new ArrayList<>(AutoIncrements.raise(connection, product));
          done.addAll(Sequences.raise(connection, product));
          connection.commit();
          if (ReadOnly.isOn(connection)) {
            connection.commit();
            readOnly.turnOff(connection);
            done.add(database + " can be written to");
          }
          for (String other : table.others(connection, ProgressTable.State.FOLLOWING)) {
            done.add("mirror " + other + " ends on this server, too, and cannot go on here");
          }
          return done;
        });
  }

  @Override
  public boolean isReadOnly() {
    return pool.inTransaction("asking whether it is read-only", ReadOnly::isOn);
  }

  @Override
  public void close() {
    pool.close();
  }
}
