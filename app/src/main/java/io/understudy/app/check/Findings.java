package io.understudy.app.check;

import io.understudy.app.check.Finding.Severity;
import io.understudy.applier.Difference;
import io.understudy.connectors.Obstacle;
import io.understudy.journal.MirrorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was found at one end. A step that fails is a finding, and the others go on. */
final class Findings {
  /** Looks at one thing. */
  interface Step<T> {
    T look() throws InterruptedException;
  }

  private final String where;
  private final List<Finding> found = new ArrayList<>();

  Findings(String where) {
    this.where = where;
  }

  List<Finding> found() {
    return List.copyOf(found);
  }

  void obstacle(String what, String why, String remedy) {
    add(Severity.OBSTACLE, what, why, remedy, Optional.empty());
  }

  void warning(String what, String why, String remedy) {
    warning(what, why, remedy, Optional.empty());
  }

  void warning(String what, String why, String remedy, Optional<String> statement) {
    add(Severity.WARNING, what, why, remedy, statement);
  }

  /** What a statement removes. */
  void add(Severity severity, String what, String why, String statement) {
    add(severity, what, why, statement, Optional.of(statement));
  }

  private void add(
      Severity severity, String what, String why, String remedy, Optional<String> statement) {
    found.add(new Finding(severity, where, what, why, remedy, statement));
  }

  void obstacle(Difference difference, String why) {
    add(Severity.OBSTACLE, difference.what(), why, difference.remedy(), difference.statement());
  }

  void obstacle(Obstacle obstacle) {
    add(Severity.OBSTACLE, obstacle);
  }

  void warning(Obstacle obstacle) {
    add(Severity.WARNING, obstacle);
  }

  private void add(Severity severity, Obstacle it) {
    add(severity, it.object() + " " + it.problem(), it.why(), it.remedy(), it.statement());
  }

  /** Empty if the step failed. */
  <T> Optional<T> look(Step<T> step) throws InterruptedException {
    return look(Severity.OBSTACLE, step);
  }

  /** As {@link #look}, at what nobody needs yet: to fail is a warning. */
  <T> Optional<T> lookAhead(Step<T> step) throws InterruptedException {
    return look(Severity.WARNING, step);
  }

  private <T> Optional<T> look(Severity severity, Step<T> step) throws InterruptedException {
    try {
      return Optional.of(step.look());
    } catch (MirrorException.Transient e) {
      add(
          severity,
          e.getMessage(),
          "what could not be reached could not be looked at either",
          "see that it runs and can be reached from here, then run this again",
          Optional.empty());
    } catch (MirrorException e) {
      add(
          severity,
          e.getMessage(),
          "what follows from it could not be looked at",
          e.remedy(),
          Optional.empty());
    }
    return Optional.empty();
  }
}
