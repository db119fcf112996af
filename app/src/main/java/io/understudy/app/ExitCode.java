package io.understudy.app;

import io.understudy.app.config.ConfigException;
import io.understudy.journal.MirrorException;

/** What the process tells its caller; scripts rely on the numbers. */
enum ExitCode {
  DONE(0),
  FAILED(1),
  /** Wrong usage or configuration. */
  USAGE(2),
  /** {@code check} found what stands in the way. */
  OBSTACLES(3),
  /** Source and standby differ. */
  DIFFERENCES(4),
  /** Refused for safety. */
  REFUSED(5);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static ExitCode of(Exception failure) {
    if (failure instanceof ConfigException) {
      return USAGE;
    }
    return failure instanceof MirrorException.Refused ? REFUSED : FAILED;
  }
}
