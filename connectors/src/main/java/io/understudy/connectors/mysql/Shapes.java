package io.understudy.connectors.mysql;

import io.understudy.connectors.LogEvent;
import io.understudy.connectors.SchemaHistory;
import io.understudy.connectors.SourceLog;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import io.understudy.journal.Relation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shapes that the mirrored tables had where reading begins: what the history kept, or, if that
 * is lost, what the catalog says now, provided that the log between there and now holds no schema
 * change of a mirrored table.
 */
final class Shapes {
  private static final Logger log = LoggerFactory.getLogger(Shapes.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Opens the log behind a position for one that reads no rows. */
  interface Opening {
    SourceLog behind(Position position);
  }

  private final Address address;
  private final TablePatterns patterns;
  private final SchemaHistory history;
  private final ServerLog serverLog;
  private final OwnTables own;
  private final Control control;

  Shapes(
      Address address,
      TablePatterns patterns,
      SchemaHistory history,
      ServerLog serverLog,
      OwnTables own,
      Control control) {
    this.address = address;
    this.patterns = patterns;
    this.history = history;
    this.serverLog = serverLog;
    this.own = own;
    this.control = control;
  }

  List<Relation> at(Position tail, Opening opening) {
    Optional<SchemaHistory.Kept> kept =
        history.recall().filter(found -> found.from().kind().equals(tail.kind()));
    if (kept.isPresent() && !kept.get().from().isAfter(tail)) {
      warnOfUnread(kept.get().tables());
      return kept.get().tables();
    }
    return rebuilt(tail, opening);
  }

  private void warnOfUnread(List<Relation> known) {
    List<String> unread =
        control.run("listing tables", connection -> Catalog.tables(connection, patterns)).stream()
            .filter(now -> known.stream().noneMatch(k -> k.table().equals(now.table())))
            .map(now -> now.table().toString())
            .toList();
    if (!unread.isEmpty()) {
      log.warn(
          "tables {} match the include patterns but did not when the mirror was made: they are not"
              + " mirrored until init is run again",
          unread);
    }
  }

  private List<Relation> rebuilt(Position tail, Opening opening) {
    log.warn("the schema history of {} is lost; it is rebuilt from the catalog", address);
    List<Relation> tables =
        control.run("listing tables", connection -> Catalog.tables(connection, patterns));
    Position now =
        control.run(
            "moving the log",
            connection -> {
              Position end = serverLog.end(connection);
              own.beat(connection);
              return end;
            });
    try (SourceLog scanned = opening.behind(tail)) {
      scan(scanned, now);
    } catch (MirrorException.Operator e) {
      throw new MirrorException.Operator(
          "the schema history of "
              + address
              + " is lost, and the catalog cannot stand in for it: "
              + e.getMessage(),
          Failures.AGAIN,
          e);
    }
    history.keep(new SchemaHistory.Kept(tail, tables));
    log.info("schema history of {} rebuilt at position={}", address, tail.encoded());
    return tables;
  }

  /** Through what was logged before the catalog was asked, and one commit further. */
  private static void scan(SourceLog scanned, Position end) {
    try {
      while (true) {
        for (LogEvent event : scanned.poll(POLL)) {
          if (event instanceof LogEvent.Commit commit && commit.position().isAfter(end)) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MirrorException.Transient("interrupted while rebuilding the schema history", e);
    }
  }
}
