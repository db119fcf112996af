package io.understudy.app.config;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.UrlForm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code failover}, and what must hold between its values. */
final class FailoverSection {
  private static final String ENGINE = "PostgreSQL";

  private final Values values;
  private final List<Problem> problems;

  FailoverSection(Values values, List<Problem> problems) {
    this.values = values;
    this.problems = problems;
  }

  /**
   * @param heartbeat of the reader
   */
  FailoverSettings read(Map<DatabaseName, DatabaseSettings> databases, Duration heartbeat) {
    FailoverSettings.Mode mode = mode();
    FailoverSettings settings =
        new FailoverSettings(
            mode,
            values.duration(Key.DETECT_WINDOW, "1s", "10m"),
            values.duration(Key.PROBE_INTERVAL, "100ms", "1m"),
            values.count(Key.MIN_OBSERVERS, 1, 100),
            values.duration(Key.MAX_LAG, "100ms", "1h"),
            values.optionalDuration(Key.MAX_VERIFY_AGE, "1m", "365d"),
            values.duration(Key.HOLD_DOWN, "1s", "30d"),
            values.optional(Key.FENCE_COMMAND).filter(it -> !it.isBlank()),
            choice(Key.FENCE_REQUIRED).equals("true"),
            values.optional(Key.HOOK_BEFORE).filter(it -> !it.isBlank()),
            values.optional(Key.HOOK_AFTER).filter(it -> !it.isBlank()),
            values.duration(Key.COMMAND_TIMEOUT, "1s", "1h"));
    if (settings.probeInterval().multipliedBy(2).compareTo(settings.detectWindow()) > 0) {
      refuse(
          Key.PROBE_INTERVAL,
          "is more than half of failover.detect-window",
          "let several probes fit into the window");
    }
    if (mode != FailoverSettings.Mode.MANUAL) {
      requireEngine(databases);
      if (settings.maxLag().compareTo(heartbeat) <= 0) {
        refuse(
            Key.MAX_LAG,
            "is not more than reader.heartbeat",
            "write more: an idle mirror shows as much lag as that");
      }
    }
    return settings;
  }

  private FailoverSettings.Mode mode() {
    return switch (choice(Key.FAILOVER_MODE)) {
      case "observe" -> FailoverSettings.Mode.OBSERVE;
      case "automatic" -> FailoverSettings.Mode.AUTOMATIC;
      default -> FailoverSettings.Mode.MANUAL;
    };
  }

  private String choice(Key key) {
    String word = values.text(key);
    if (!key.choices().contains(word)) {
      refuse(
          key,
          "'" + word + "' is none of " + String.join(", ", key.choices()),
          "write one of them, or leave it out for " + key.fallback().orElseThrow());
      return key.fallback().orElseThrow();
    }
    return word;
  }

  private void requireEngine(Map<DatabaseName, DatabaseSettings> databases) {
    boolean other =
        databases.values().stream()
            .map(it -> UrlForm.of(it.url()))
            .flatMap(Optional::stream)
            .anyMatch(it -> !it.engine().equals(ENGINE));
    if (other) {
      refuse(
          Key.FAILOVER_MODE,
          "is for " + ENGINE + " only",
          "write manual, or leave it out; promote with: understudy promote --to DB");
    }
  }

  private void refuse(Key key, String message, String remedy) {
    problems.add(new Problem(key.path(), message, remedy));
  }
}
