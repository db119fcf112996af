package io.understudy.app.verify;

import io.understudy.applier.Progress;
import io.understudy.applier.Rendezvous;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorName;
import io.understudy.journal.kafka.VerificationFact;
import io.understudy.verify.TableResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a verification of one standby came to.
 *
 * @param at the commit at which both sides were seen; the last one, if tables had to be seen again
 * @param tables in the order in which they were compared
 * @param repaired what was done about differences; empty unless that was asked for
 * @param sampled whether only a part of the tables' rows was compared
 */
public record VerifyReport(
    MirrorName mirror,
    DatabaseName source,
    DatabaseName standby,
    Progress at,
    List<TableResult> tables,
    List<Rendezvous.Repaired> repaired,
    boolean sampled,
    Duration time) {
  public VerifyReport {
    tables = List.copyOf(tables);
    repaired = List.copyOf(repaired);
  }

  /** In a word. */
  public enum Result {
    IDENTICAL,
    DIFFERENT,
    /** All that was found different was put right. */
    REPAIRED,
    /** Nothing differs, as far as could be compared. */
    INCOMPLETE
  }

  public Result result() {
    if (tables.stream().anyMatch(it -> it.outcome() == TableResult.Outcome.DIFFERENT)) {
      return isRepaired() ? Result.REPAIRED : Result.DIFFERENT;
    }
    return notCompared() == 0 ? Result.IDENTICAL : Result.INCOMPLETE;
  }

  /** For the status. */
  public VerificationFact fact(Instant now) {
    return new VerificationFact(
        standby, at.sequence(), now, result().name().toLowerCase(Locale.ROOT));
  }

  /** Whether that verification left nothing that differs. */
  public static boolean isWell(VerificationFact fact) {
    return Stream.of(Result.IDENTICAL, Result.REPAIRED)
        .anyMatch(it -> it.name().toLowerCase(Locale.ROOT).equals(fact.result()));
  }

  public long notCompared() {
    return tables.stream()
        .filter(
            it ->
                it.outcome() == TableResult.Outcome.NOT_COMPARED
                    || it.outcome() == TableResult.Outcome.AGAIN)
        .count();
  }

  public long differing() {
    return tables.stream().mapToLong(it -> it.differences().size()).sum();
  }

  private boolean isRepaired() {
    return notCompared() == 0
        && tables.stream().allMatch(TableResult::complete)
        && repaired.size() >= differing();
  }
}
