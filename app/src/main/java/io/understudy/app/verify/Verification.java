package io.understudy.app.verify;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.applier.Progress;
import io.understudy.applier.Rendezvous;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.connectors.SourceSnapshot;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import io.understudy.journal.VerificationMark;
import io.understudy.verify.TableResult;
import io.understudy.verify.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Compares a standby with the source at one and the same commit, while both are in use, and has
 * differences put right if asked. Needs reader and applier at work: the commit is agreed on through
 * them.
 */
public final class Verification {
  /** How often tables are looked at again that changed under the snapshot. */
  private static final int ROUNDS = 3;

  private final MirrorConfig config;
  private final VerifyOptions options;
  private final VerifyTelling telling;
  private final Supplier<Instant> clock;

  public Verification(
      MirrorConfig config, VerifyOptions options, VerifyTelling telling, Supplier<Instant> clock) {
    this.config = config;
    this.options = options;
    this.telling = telling;
    this.clock = clock;
  }

  /**
   * @throws MirrorException.Operator if there is nothing to compare, or nobody carries the marks
   */
  public VerifyReport run(DatabaseName sourceName, DatabaseName standbyName)
      throws InterruptedException {
    Instant began = clock.get();
    try (Source source = Databases.source(config, sourceName);
        Standby standby = Databases.standby(config, standbyName)) {
      List<TableName> wanted = tables(source);
      Meeting meeting = new Meeting(sourceName, source, standbyName, standby, telling::say);
      List<TableResult> results = new ArrayList<>();
      Progress at = null;
      for (int round = 0; round < ROUNDS && !wanted.isEmpty(); round++) {
        Seen seen = compare(meeting, wanted, standbyName);
        at = seen.at();
        results.removeIf(it -> it.outcome() == TableResult.Outcome.AGAIN);
        results.addAll(seen.tables());
        wanted =
            seen.tables().stream()
                .filter(it -> it.outcome() == TableResult.Outcome.AGAIN)
                .map(TableResult::table)
                .toList();
      }
      List<Rendezvous.Repaired> repaired =
          options.repair() ? new Repair(meeting, telling::say).run(results) : List.of();
      return new VerifyReport(
          config.mirror(),
          sourceName,
          standbyName,
          at,
          results,
          repaired,
          options.limits().sample() < 100,
          Duration.between(began, clock.get()));
    }
  }

  private List<TableName> tables(Source source) {
    List<TableName> tables =
        source.tables().stream().map(Relation::table).filter(options.tables()::matches).toList();
    if (tables.isEmpty()) {
      throw new MirrorException.Operator(
          "no table of mirror " + config.mirror() + " matches " + options.tables().includes(),
          "patterns are schema.table, with * for any characters");
    }
    return tables;
  }

  /** What one snapshot of both sides showed. */
  private record Seen(Progress at, List<TableResult> tables) {}

  private Seen compare(Meeting meeting, List<TableName> tables, DatabaseName standby)
      throws InterruptedException {
    Opened opened = meeting.hold(VerificationMark.Purpose.COMPARE, new Comparing());
    try (Verifier verifier = opened.verifier()) {
      telling.say(
          standby
              + " is compared at "
              + opened.at().position().encoded()
              + ", sequence "
              + opened.at().sequence());
      return new Seen(opened.at(), verifier.compare(tables));
    }
  }

  /** A verifier with its sessions in both snapshots. */
  private record Opened(Progress at, Verifier verifier) {}

  private final class Comparing implements Meeting.Agenda<Opened> {
    @Override
    public void prepare(SourceSnapshot snapshot, Rendezvous.Seat seat) {}

    @Override
    public Optional<Opened> meet(SourceSnapshot snapshot, Rendezvous.Seat seat, Duration timeout) {
      return seat.await(timeout)
          .map(
              shown ->
                  new Opened(
                      shown.progress(),
                      new Verifier(
                          snapshot::open, shown::open, options.limits(), telling.progress())));
    }
  }
}
