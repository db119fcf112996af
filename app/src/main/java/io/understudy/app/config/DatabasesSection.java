package io.understudy.app.config;

import io.understudy.connectors.LogReader;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.UrlForm;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads {@code databases}: two or more, all of one engine, none twice. Which engines there are, is
 * asked of {@link UrlForm}. Never shows a URL.
 */
final class DatabasesSection {
  private static final String SECTION = "databases";
  private static final String CHOICE_OF_READERS = "PostgreSQL";
  static final Pattern NAME = Pattern.compile("^[A-Za-z][A-Za-z0-9_-]{0,39}$");
  static final int FEWEST = 2;

  private final Node.Mapping root;
  private final Values values;
  private final List<Problem> problems;
  private final Map<DatabaseName, LogReader> readers = new HashMap<>();

  DatabasesSection(Node.Mapping root, Values values, List<Problem> problems) {
    this.root = root;
    this.values = values;
    this.problems = problems;
  }

  Map<DatabaseName, DatabaseSettings> read() {
    Map<DatabaseName, DatabaseSettings> databases = new LinkedHashMap<>();
    Map<String, String> targets = new HashMap<>();
    Map<String, String> engines = new LinkedHashMap<>();
    Node section = root.entries().getOrDefault(SECTION, new Node.Scalar("", true));
    if (section instanceof Node.Mapping group) {
      for (String name : group.entries().keySet()) {
        if (NAME.matcher(name).matches()) {
          DatabaseSettings settings = database(name);
          databases.put(settings.name(), settings);
          readers.put(settings.name(), reader(name, UrlForm.of(settings.url())));
          UrlForm.of(settings.url())
              .ifPresent(
                  form -> {
                    alike(name, form, engines);
                    distinct(name, target(settings.url(), form), targets);
                  });
        } else {
          problems.add(
              new Problem(
                  SECTION + "." + name,
                  "cannot name a database",
                  "start with a letter; only letters, digits, '_' and '-', at most 40"));
        }
      }
      if (group.entries().size() < FEWEST) {
        problems.add(
            new Problem(
                SECTION,
                "a mirror needs a source and at least one standby",
                "add another database beside "
                    + (group.entries().isEmpty()
                        ? "it"
                        : group.entries().keySet().iterator().next())));
      }
    } else if (section instanceof Node.Scalar scalar && scalar.absent()) {
      problems.add(
          new Problem(
              SECTION, "is missing", "add the source and its standbys, each with url and user"));
    }
    return databases;
  }

  /** Of the databases read before. */
  Map<DatabaseName, LogReader> readers() {
    return readers;
  }

  private LogReader reader(String name, Optional<UrlForm> form) {
    String path = Values.path(Key.READER, name);
    boolean choice = form.isEmpty() || form.get().engine().equals(CHOICE_OF_READERS);
    if (!choice && !values.mayHold(Key.READER, name)) {
      problems.add(
          new Problem(
              path,
              "is only for "
                  + CHOICE_OF_READERS
                  + ", this database is one of "
                  + form.get().engine(),
              "leave it out"));
    }
    String word = values.optional(Key.READER, name).orElseThrow();
    Optional<LogReader> reader = LogReader.of(word);
    if (reader.isEmpty()) {
      List<String> words = Stream.of(LogReader.values()).map(LogReader::word).toList();
      problems.add(
          new Problem(
              path,
              "'" + word + "' is no reader",
              Spelling.closest(word, words)
                  .map(close -> "did you mean '" + close + "'?")
                  .orElse("write one of " + String.join(", ", words))));
    }
    return reader.orElse(LogReader.NATIVE);
  }

  private DatabaseSettings database(String name) {
    String url = values.text(Key.URL, name).strip();
    if (!url.isEmpty() && UrlForm.of(url).isEmpty()) {
      problems.add(
          new Problem(
              Values.path(Key.URL, name),
              "is no JDBC URL of an engine at hand",
              "write " + UrlForm.choices()));
    }
    return new DatabaseSettings(
        new DatabaseName(name),
        url,
        values.text(Key.USER, name),
        values.optional(Key.PASSWORD, name).orElse(""),
        values.settings(Key.PROPERTIES, name));
  }

  /** A standby is its source's double: values go from one to the other as they are. */
  private void alike(String name, UrlForm form, Map<String, String> engines) {
    if (engines.isEmpty()) {
      engines.put(form.engine(), name);
    } else if (!engines.containsKey(form.engine())) {
      Map.Entry<String, String> first = engines.entrySet().iterator().next();
      problems.add(
          new Problem(
              Values.path(Key.URL, name),
              "is one of "
                  + form.engine()
                  + ", and "
                  + SECTION
                  + "."
                  + first.getValue()
                  + " one of "
                  + first.getKey(),
              "all databases of a mirror are of one engine; correct one of the two"));
    }
  }

  private void distinct(String name, String target, Map<String, String> targets) {
    String other = targets.putIfAbsent(target, name);
    if (other != null) {
      problems.add(
          new Problem(
              Values.path(Key.URL, name),
              "is the same database as " + SECTION + "." + other,
              "a standby is another database than its source; correct one of the two"));
    }
  }

  /** The URL without its parameters, with the port that it leaves out. */
  private static String target(String url, UrlForm form) {
    String bare = url.split("[?;]", 2)[0];
    int path = bare.indexOf('/', bare.indexOf("://") + 3);
    String server = (path < 0 ? bare : bare.substring(0, path)).toLowerCase(Locale.ROOT);
    String database = path < 0 ? "" : bare.substring(path);
    return server.replaceFirst(":" + form.defaultPort() + "$", "") + database;
  }
}
