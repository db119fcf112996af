package io.understudy.app.config;

import io.understudy.journal.UrlForm;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A {@code mirror.yaml} to begin with: every {@link Key} with its meaning, those that a mirror can
 * do without behind a {@code #}, with what holds if they stay there.
 */
public final class SampleFile {
  private static final int WIDTH = 100;
  private static final String ANY_NAME = "*";
  private static final List<String> NAMES = List.of("north", "south");

  /** Found nowhere else, because they have no default. */
  private static final Map<Key, String> EXAMPLES =
      Map.ofEntries(
          Map.entry(Key.MIRROR, "shop"),
          Map.entry(Key.USER, "understudy"),
          Map.entry(Key.SOURCE, NAMES.get(0)),
          Map.entry(Key.BOOTSTRAP_SERVERS, "\"k1:9092,k2:9092,k3:9092\""),
          Map.entry(Key.EMBEDDED, "./journal"),
          Map.entry(Key.CLIENT, "{ security.protocol: SSL }"),
          Map.entry(Key.EXCLUDE, "[\"*.tmp_*\"]"),
          Map.entry(Key.PG_DUMP, "/usr/lib/postgresql/18/bin/pg_dump"),
          Map.entry(Key.MAX_VERIFY_AGE, "7d"),
          Map.entry(Key.FENCE_COMMAND, "/etc/understudy/fence.sh"),
          Map.entry(Key.HOOK_BEFORE, "/etc/understudy/before.sh"),
          Map.entry(Key.HOOK_AFTER, "/etc/understudy/after.sh"));

  private static final Set<Key> WRITTEN =
      EnumSet.of(Key.MIRROR, Key.URL, Key.USER, Key.PASSWORD, Key.SOURCE, Key.EMBEDDED);

  private static final Set<Key> POSTGRESQL_ONLY =
      EnumSet.of(
          Key.READER,
          Key.DDL,
          Key.BITE_BEHIND,
          Key.PG_DUMP,
          Key.DETECT_WINDOW,
          Key.PROBE_INTERVAL,
          Key.MIN_OBSERVERS,
          Key.MAX_LAG,
          Key.MAX_VERIFY_AGE,
          Key.HOLD_DOWN,
          Key.FENCE_COMMAND,
          Key.FENCE_REQUIRED,
          Key.HOOK_BEFORE,
          Key.HOOK_AFTER,
          Key.COMMAND_TIMEOUT);

  private final UrlForm form;
  private final StringBuilder text = new StringBuilder();

  private SampleFile(UrlForm form) {
    this.form = form;
  }

  /** For databases of one engine; ends with a line break. */
  public static String of(UrlForm form) {
    SampleFile sample = new SampleFile(form);
    sample.head();
    sample.group(List.of(), List.of());
    return sample.text.toString();
  }

  private void head() {
    text.append("# yaml-language-server: $schema=mirror.schema.json\n")
        .append("# The schema, for editors: understudy init --schema > mirror.schema.json\n")
        .append("#\n");
    prose(
        "",
        "A mirror of "
            + form.engine()
            + ". Behind \"#\" without a space stand keys that may be left out, with what holds then"
            + " or an example; remove the \"#\" of a key, and of the group above it, to set it.");
  }

  /**
   * @param pattern of the group, with {@code *} for names
   * @param path the same with names
   */
  private void group(List<String> pattern, List<String> path) {
    for (String segment : Structure.below(pattern)) {
      List<String> names = segment.equals(ANY_NAME) ? NAMES : List.of(segment);
      for (String name : names) {
        child(append(pattern, segment), append(path, name));
      }
    }
  }

  private void child(List<String> pattern, List<String> path) {
    List<Key> below = below(pattern);
    if (below.isEmpty()) {
      return;
    }
    if (path.size() == 1) {
      text.append('\n');
    }
    boolean again = path.contains(NAMES.get(1));
    String indent = "  ".repeat(path.size() - 1);
    String name = path.get(path.size() - 1);
    if (below.size() == 1 && below.get(0).segments().equals(pattern)) {
      Key key = below.get(0);
      if (!again) {
        prose(indent, key.meaning());
      }
      if (WRITTEN.contains(key) || !again) {
        line(indent, WRITTEN.contains(key), name + ": " + example(key, path));
      }
    } else {
      line(indent, below.stream().anyMatch(WRITTEN::contains), name + ":");
      group(pattern, path);
    }
  }

  private List<Key> below(List<String> pattern) {
    return Stream.of(Key.values())
        .filter(key -> form.engine().equals("PostgreSQL") || !POSTGRESQL_ONLY.contains(key))
        .filter(key -> key.segments().size() >= pattern.size())
        .filter(key -> key.segments().subList(0, pattern.size()).equals(pattern))
        .toList();
  }

  private String example(Key key, List<String> path) {
    return switch (key) {
      case URL ->
          "\"%s//%s.example.com:%d/shop\""
              .formatted(form.prefix(), path.get(1), form.defaultPort());
      case PASSWORD -> "\"${env:%s_PASSWORD}\"".formatted(path.get(1).toUpperCase(Locale.ROOT));
      case PROPERTIES ->
          form.engine().equals("PostgreSQL")
              ? "{ sslmode: verify-full, sslrootcert: /etc/ssl/certs/database-ca.pem }"
              : "{ sslMode: trust }";
      case INCLUDE -> "[\"" + key.fallback().orElseThrow() + "\"]";
      case LISTEN -> '"' + key.fallback().orElseThrow() + '"';
      default -> key.fallback().orElseGet(() -> EXAMPLES.get(key));
    };
  }

  private void line(String indent, boolean written, String content) {
    text.append(indent).append(written ? "" : "#").append(content).append('\n');
  }

  private void prose(String indent, String meaning) {
    StringBuilder line = new StringBuilder();
    List<String> words = Arrays.asList(meaning.split(" ", -1));
    for (String word : words) {
      if (!line.isEmpty() && indent.length() + 2 + line.length() + word.length() >= WIDTH) {
        text.append(indent).append("# ").append(line).append('\n');
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    text.append(indent).append("# ").append(line).append('\n');
  }

  private static List<String> append(List<String> path, String segment) {
    return Stream.concat(path.stream(), Stream.of(segment)).toList();
  }
}
