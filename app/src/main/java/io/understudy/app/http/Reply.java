package io.understudy.app.http;

/** What a page answers. */
record Reply(int status, String contentType, String body) {
  static final int OK = 200;
  static final int BAD_REQUEST = 400;
  static final int NOT_FOUND = 404;
  static final int NOT_ALLOWED = 405;
  static final int FAILED = 500;
  static final int UNAVAILABLE = 503;

  static Reply text(int status, String text) {
    return new Reply(status, "text/plain; charset=utf-8", text + "\n");
  }
}
