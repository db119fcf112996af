package io.understudy.journal.kafka;

/** Stands in for what is not there yet. */
final class Stub {
  private Stub() {}

  @SuppressWarnings({"DoNotCallSuggester", "TypeParameterUnusedInFormals"})
  static <T> T soon() {
    throw new UnsupportedOperationException();
  }
}
