package io.understudy.app.http;

import java.util.List;

/** How this process is, from the inside; answers at once. */
public interface Health {

  /** What can only be mended by starting this process again, a line each. */
  List<String> failed();

  /** What of this process is not at work now, a line each. */
  List<String> notReady();
}
