package io.understudy.app.harness;

import java.sql.Connection;
import java.sql.SQLException;

/** One database as the checker sees it: a place that plain JDBC connections come from. */
@FunctionalInterface
public interface Connections {

  /** A new connection that belongs to the caller, with auto-commit on. */
  Connection open() throws SQLException;
}
