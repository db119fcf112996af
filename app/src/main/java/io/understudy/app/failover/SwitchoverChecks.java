package io.understudy.app.failover;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.verify.VerifyReport;
import io.understudy.applier.Difference;
import io.understudy.applier.Gate;
import io.understudy.applier.Progress;
import io.understudy.applier.Standby;
import io.understudy.connectors.Obstacle;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.RoleReport;
import io.understudy.journal.kafka.StateStore;
import io.understudy.journal.kafka.VerificationFact;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that has to hold before a switchover begins. Changes nothing. */
final class SwitchoverChecks {
  /** A role that has said nothing for this long is taken for dead, as status does. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  /** What was looked at, and what is wrong about it; no remedy where all is well. */
  record Finding(String what, Optional<String> remedy) {
    static Finding good(String what) {
      return new Finding(what, Optional.empty());
    }

    static Finding bad(String what, String remedy) {
      return new Finding(what, Optional.of(remedy));
    }
  }

  private final MirrorConfig config;
  private final Journal journal;
  private final Ends ends;
  private final StateStore.Facts known;
  private final MirrorFacts facts;
  private final Limits limits;
  private final Instant asked;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param asked when {@code known} was read
   */
  SwitchoverChecks(
      MirrorConfig config,
      Journal journal,
      Ends ends,
      StateStore.Facts known,
      MirrorFacts facts,
      Limits limits,
      Instant asked) {
    this.config = config;
    this.journal = journal;
    this.ends = ends;
    this.known = known;
    this.facts = facts;
    this.limits = limits;
    this.asked = asked;
  }

  List<Finding> run() {
    try {
      standby();
      verified();
      roles();
      wayBack();
    } catch (MirrorException e) {
      findings.add(Finding.bad(e.getMessage(), e.remedy().isEmpty() ? "try again" : e.remedy()));
    }
    return findings;
  }

  private void standby() {
    Standby target = ends.target();
    Optional<Progress> progress = target.following(facts.journalTopicId());
    if (progress.isEmpty()) {
      findings.add(
          Finding.bad(
              ends.targetName() + " is no standby of this mirror",
              "make it one: understudy rejoin "
                  + ends.targetName()
                  + " if it was the source, understudy init otherwise"));
      return;
    }
    JournalEntry tail = journal.tail().orElseThrow();
    target.requireOneMoment(tail.record().position());
    if (target.isPaused()) {
      findings.add(Finding.bad(ends.targetName() + " is paused", "understudy resume"));
    }
    target
        .heldChange()
        .ifPresent(
            change ->
                findings.add(
                    Finding.bad(
                        ends.targetName()
                            + " waits in front of a schema change, transaction "
                            + change.sequence(),
                        "decide about it: understudy resume")));
    Instant now = ends.source().logEnd().now();
    Duration behind = Duration.between(progress.get().commitTime(), now);
    String lag =
        ends.targetName()
            + " is "
            + Math.max(0, behind.toMillis())
            + " ms and "
            + Math.max(0, tail.record().complete().minus(progress.get().sequence()))
            + " transactions behind";
    findings.add(
        behind.compareTo(limits.maxLag()) > 0
            ? Finding.bad(
                lag + ", more than " + limits.maxLag().toSeconds() + " s",
                "wait until it has caught up, or allow more: --max-lag")
            : Finding.good(lag));
  }

  private void verified() {
    Optional<Duration> maxAge = config.failover().maxVerifyAge();
    if (maxAge.isEmpty()) {
      return;
    }
    Optional<VerificationFact> last =
        known.verified().stream()
            .filter(it -> it.standby().equals(ends.targetName()))
            .filter(it -> it.at().isAfter(facts.since()))
            .findFirst();
    String what =
        ends.targetName()
            + last.map(it -> " was verified at " + it.at() + ", and was " + it.result())
                .orElse(" was not verified since " + facts.source() + " is the source");
    boolean well =
        last.filter(VerifyReport::isWell)
            .filter(it -> it.at().isAfter(asked.minus(maxAge.get())))
            .isPresent();
    findings.add(
        well
            ? Finding.good(what)
            : Finding.bad(
                what + ", which is not what failover.max-verify-age asks for",
                "understudy verify --standby " + ends.targetName()));
  }

  private void roles() {
    requireRole(RoleReport.READER, "STREAMING");
    requireRole(RoleReport.applier(ends.targetName()), "FOLLOWING");
  }

  private void requireRole(String role, String atWork) {
    Instant oldest = asked.minus(SILENCE);
    Optional<RoleReport> report =
        known.roles().stream().filter(it -> it.role().equals(role)).findFirst();
    boolean works =
        report.filter(it -> it.state().equals(atWork) && it.at().isAfter(oldest)).isPresent();
    findings.add(
        works
            ? Finding.good(role + " is " + atWork + " in process " + report.get().process())
            : Finding.bad(
                role
                    + " is not "
                    + atWork
                    + report
                        .map(it -> " but " + it.state() + ", as it said at " + it.at())
                        .orElse(""),
                "let it run, and get to work: understudy run"));
  }

  /** The target will be read as the source is now, and the source will follow as it does now. */
  private void wayBack() {
    Gate gate = ends.sourceGate();
    if (ends.targetAsSource().logChange().isEmpty()) {
      throw new MirrorException.Operator(
          "standbys cannot go on behind another source on this engine yet", "use promote");
    }
    List<Obstacle> toRead = ends.targetAsSource().obstacles();
    for (Obstacle obstacle : toRead) {
      findings.add(Finding.bad(ends.targetName() + ": " + obstacle.sentence(), obstacle.remedy()));
    }
    List<Difference> toFollow =
        new ArrayList<>(ends.sourceAsStandby().differences(ends.source().tables()));
    toFollow.addAll(gate.obstacles());
    for (Difference difference : toFollow) {
      findings.add(Finding.bad(ends.sourceName() + ": " + difference.what(), difference.remedy()));
    }
    if (toRead.isEmpty() && toFollow.isEmpty()) {
      findings.add(
          Finding.good(
              ends.targetName()
                  + "'s log can be read, and "
                  + ends.sourceName()
                  + " can follow, with "
                  + config.standbys(ends.targetName()).size()
                  + " standbys in all"));
    }
  }
}
