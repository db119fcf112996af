package io.understudy.journal.codec;

/** What is wrong with a record's bytes, and at which of them. Never leaves the codec. */
final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1;

  Malformed(int at, String what) {
    super("at byte " + at + ", " + what);
  }
}
