package io.understudy.applier.postgres;

import java.sql.SQLException;

/**
 * A row's new values collide with those of another row, or several rows answer to one key: either
 * the standby has diverged, or changes must be run more carefully.
 */
final class CollisionException extends Exception {
  private static final long serialVersionUID = 1;

  CollisionException(SQLException cause) {
    super(cause);
  }
}
