package io.understudy.journal;

/** How rows travel from a source to a standby while tables are copied. */
public enum RowForm {
  /** As the lines of tab-separated values that all engines read. */
  TEXT,
  /** As the servers hold them: only between servers that say the same of their binary rows. */
  BINARY
}
