package io.understudy.app.init;

import io.understudy.connectors.Source;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import java.util.Locale;

/** How much log the source keeps meanwhile, because the mirror will want it. */
final class LogKept {
  private final Source source;
  private final Position start;

  LogKept(Source source, Position start) {
    this.source = source;
    this.start = start;
  }

  /** For people. */
  String tell() {
    try {
      long bytes = source.logEnd().position().bytesSince(start).orElse(-1);
      return bytes < 0
          ? ""
          : String.format(
              Locale.ROOT, "; the source keeps %.0f MiB of log", bytes / (double) (1 << 20));
    } catch (MirrorException.Transient e) {
      return "; the source does not say how much log it keeps";
    }
  }
}
