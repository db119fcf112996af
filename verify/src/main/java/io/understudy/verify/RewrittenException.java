package io.understudy.verify;

/**
 * A table was emptied, rewritten or dropped since the snapshot, which does not show its rows as
 * they were any more. It can be compared in a later snapshot.
 */
final class RewrittenException extends Exception {
  private static final long serialVersionUID = 1;

  RewrittenException(String message) {
    super(message);
  }
}
