package io.understudy.applier;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The targets of one session, whatever the engine. A relation is compared with the standby's
 * catalog when the session meets it first, when the log shows the table in another shape, and now
 * and then while the session lasts: a column that somebody adds to the standby makes no statement
 * fail.
 *
 * @param <S> a table as the engine finds it on the standby; equal if nothing changed
 * @param <T> what the engine makes of a relation and its table
 */
public final class Targets<S, T> {
  private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

  /** The tables of the standby as its engine knows them. */
  public interface Catalog<S, T> {
    /** The table that takes the relation's rows; empty if there is none. */
    Optional<S> table(Relation relation) throws SQLException;

    /** In what way the standby's table is not like the relation. */
    List<Difference> differences(Relation relation, S standby);

    T target(Relation relation, S standby);
  }

  /** What to do about a table that is gone from the standby. */
  public static final String TABLE_GONE =
      "put the table back with all its rows and start again; if they are gone, make it as it is on"
          + " the source, and copy all rows once more: understudy init --again";

  /** A table as it was found on the standby, and when. */
  private record Found<S, T>(Relation relation, T target, S standby, long nanos) {}

  private final DatabaseName database;
  private final Catalog<S, T> catalog;
  private final Map<TableName, Found<S, T>> targets = new HashMap<>();

  public Targets(DatabaseName database, Catalog<S, T> catalog) {
    this.database = database;
    this.catalog = catalog;
  }

  /**
   * @throws MirrorException.Operator if the standby's table is not like the relation
   */
  public T of(Relation relation) throws SQLException {
    Found<S, T> known = targets.get(relation.table());
    boolean fits = known != null && known.relation().equals(relation);
    long now = System.nanoTime();
    if (fits && now - known.nanos() < FRESH_NANOS) {
      return known.target();
    }
    S standby = load(relation);
    T target =
        fits && known.standby().equals(standby)
            ? known.target()
            : catalog.target(relation, standby);
    targets.put(relation.table(), new Found<>(relation, target, standby, now));
    return target;
  }

  /** The standby's schema was changed. */
  public void forget() {
    targets.clear();
  }

  private S load(Relation relation) throws SQLException {
    S standby =
        catalog
            .table(relation)
            .orElseThrow(
                () ->
                    new MirrorException.Operator(
                        "applying changes: table "
                            + relation.table()
                            + " is missing on "
                            + database,
                        TABLE_GONE));
    List<Difference> differences = catalog.differences(relation, standby);
    if (!differences.isEmpty()) {
      throw new MirrorException.Operator(
          differences.stream()
              .map(Difference::what)
              .collect(Collectors.joining("; ", "applying changes: ", "")),
          differences.stream()
              .map(Difference::remedy)
              .collect(Collectors.joining("; ", "on " + database + ": ", "; then start again")));
    }
    return standby;
  }
}
