package io.understudy.verify;

import java.sql.Connection;
import java.sql.SQLException;

/** One side's rows at the commit in question. Safe for use by several threads. */
@FunctionalInterface
public interface Snapshot {

  /** A read-only session in one transaction that sees them; belongs to the caller. */
  Connection open() throws SQLException;
}
