package io.understudy.testkit;

import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** How far a download of Maven's is, by what Maven writes of it. */
final class MavenProgress {
  private static final Pattern STEP =
      Pattern.compile("Progress \\(\\d+\\): ([^\\r\\n]*?)\\s*[\\r\\n]");

  private MavenProgress() {}

  /** The last complete step in some output, such as {@code 12/550 MB}. */
  static Optional<String> last(String output) {
    return STEP.matcher(output)
        .results()
        .map(MatchResult::group)
        .reduce((a, b) -> b)
        .map(MavenProgress::step);
  }

  private static String step(String line) {
    return line.substring(line.indexOf(':') + 1).strip();
  }
}
