package io.understudy.applier.postgres;

import java.sql.SQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * A row's new values collide with those of another row: either the standby has diverged, or the
 * changes must be run more carefully. The transaction, or what follows its last savepoint, is lost.
 */
final class CollisionException extends Exception {
  private static final long serialVersionUID = 1;

  /** Of the constraint; empty if the server did not say. */
  private final String schema;

  private final String constraint;

  private CollisionException(SQLException cause) {
    super(cause);
    this.schema = Failures.server(cause).map(ServerErrorMessage::getSchema).orElse("");
    this.constraint = Failures.server(cause).map(ServerErrorMessage::getConstraint).orElse("");
  }

  /** Rows that no constraint checked. */
  CollisionException() {
    super();
    this.schema = "";
    this.constraint = "";
  }

  /** Throws a collision if {@code e} is one. */
  static void check(SQLException e) throws CollisionException {
    String state = Failures.state(e);
    if (state.equals(Failures.UNIQUE_VIOLATION) || state.equals(Failures.EXCLUSION_VIOLATION)) {
      throw new CollisionException(e);
    }
  }

  /** Throws a collision if {@code e} is about values, which their own statements can tell of. */
  static void checkValues(SQLException e) throws CollisionException {
    String state = Failures.state(e);
    if (state.startsWith("22") || state.startsWith("23") || state.startsWith("54")) {
      throw new CollisionException(e);
    }
  }

  String schema() {
    return schema;
  }

  String constraint() {
    return constraint;
  }
}
