package io.understudy.app.check;

import io.understudy.applier.Difference;
import io.understudy.applier.Gate;
import io.understudy.applier.Standby;
import io.understudy.connectors.Obstacle;
import io.understudy.connectors.Source;
import io.understudy.journal.Relation;
import java.util.List;
import java.util.Optional;

/**
 * Tells what a switchover would be refused for, long before somebody wants one: to remove it may
 * take a superuser, or a restart.
 */
final class SwitchoverCheck {
  private static final String FOLLOWS = "the former source is shut, and follows as a standby";

  private static final String EXEMPT =
      "a standby, and a source that was shut, is kept from others by default_transaction_read_only"
          + " of the database";

  private SwitchoverCheck() {}

  /**
   * @param later the source in the role that it will have then
   * @param tables that it has
   */
  static void source(Standby later, List<Relation> tables, Findings findings)
      throws InterruptedException {
    for (Difference difference :
        findings.lookAhead(() -> later.differences(tables)).orElse(List.of())) {
      findings.warning(
          "a switchover would be refused: " + difference.what(),
          FOLLOWS,
          difference.remedy(),
          difference.statement());
    }
    exempt(later, "a switchover would be refused: ", findings);
  }

  /**
   * Who would go on writing when others only read; on a standby, does so already.
   *
   * @param refused what they stand in the way of
   */
  private static void exempt(Standby database, String refused, Findings findings)
      throws InterruptedException {
    Optional<Gate> gate = database.gate();
    if (gate.isEmpty()) {
      return;
    }
    for (Difference difference : findings.lookAhead(gate.get()::exempt).orElse(List.of())) {
      findings.warning(
          refused + difference.what(), EXEMPT, difference.remedy(), difference.statement());
    }
  }

  /**
   * @param now the standby, and {@code later} the same in the role that it will have then
   * @param lacksTables whether its tables are still to be made
   */
  static void standby(Standby now, Source later, boolean lacksTables, Findings findings)
      throws InterruptedException {
    exempt(now, "a switchover back from it would be refused: ", findings);
    for (Obstacle obstacle :
        findings
            .lookAhead(lacksTables ? later::serverObstacles : later::obstacles)
            .orElse(List.of())) {
      findings.warning(
          "a switchover to it would be refused: " + obstacle.object() + " " + obstacle.problem(),
          "its log is read once it is the source: " + obstacle.why(),
          obstacle.remedy(),
          obstacle.statement());
    }
  }
}
