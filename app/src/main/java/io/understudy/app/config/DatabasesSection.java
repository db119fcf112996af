package io.understudy.app.config;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads {@code databases}: two or more, each reachable, none twice. Never shows a URL. */
final class DatabasesSection {
  private static final String SECTION = "databases";
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,39}");
  private static final Pattern URL = Pattern.compile("jdbc:[a-z0-9]+:.+");

  private final Node.Mapping root;
  private final Values values;
  private final List<Problem> problems;

  DatabasesSection(Node.Mapping root, Values values, List<Problem> problems) {
    this.root = root;
    this.values = values;
    this.problems = problems;
  }

  Map<DatabaseName, DatabaseSettings> read() {
    Map<DatabaseName, DatabaseSettings> databases = new LinkedHashMap<>();
    Map<String, String> targets = new HashMap<>();
    Node section = root.entries().getOrDefault(SECTION, new Node.Scalar("", true));
    if (section instanceof Node.Mapping group) {
      for (String name : group.entries().keySet()) {
        if (NAME.matcher(name).matches()) {
          DatabaseSettings settings = database(name);
          databases.put(settings.name(), settings);
          distinct(name, settings.url(), targets);
        } else {
          problems.add(
              new Problem(
                  SECTION + "." + name,
                  "cannot name a database",
                  "start with a letter; only letters, digits, '_' and '-', at most 40"));
        }
      }
      if (group.entries().size() < 2) {
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

  private DatabaseSettings database(String name) {
    String url = values.text(Key.URL, name).strip();
    if (!url.isEmpty() && !URL.matcher(url).matches()) {
      problems.add(
          new Problem(
              Values.path(Key.URL, name),
              "is not a JDBC URL",
              "write jdbc:postgresql://HOST:PORT/DATABASE"));
    }
    return new DatabaseSettings(
        new DatabaseName(name),
        url,
        values.text(Key.USER, name),
        values.optional(Key.PASSWORD, name).orElse(""),
        values.settings(Key.PROPERTIES, name));
  }

  private void distinct(String name, String url, Map<String, String> targets) {
    if (!URL.matcher(url).matches()) {
      return;
    }
    String other = targets.putIfAbsent(target(url), name);
    if (other != null) {
      problems.add(
          new Problem(
              Values.path(Key.URL, name),
              "is the same database as " + SECTION + "." + other,
              "a standby is another database than its source; correct one of the two"));
    }
  }

  /** The URL without its parameters, with the port that it leaves out. */
  private static String target(String url) {
    String bare = url.split("[?;]", 2)[0];
    int path = bare.indexOf('/', bare.indexOf("://") + 3);
    String server = (path < 0 ? bare : bare.substring(0, path)).toLowerCase(Locale.ROOT);
    String database = path < 0 ? "" : bare.substring(path);
    return (server.startsWith("jdbc:postgresql:") ? server.replaceFirst(":5432$", "") : server)
        + database;
  }
}
