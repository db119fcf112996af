package io.understudy.app.config;

import io.understudy.connectors.SchemaChanges;
import io.understudy.connectors.TablePatterns;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a {@code mirror.yaml}: text, tree, shape, values, and what must hold between them. Nothing
 * is repaired and nothing guessed; all problems are reported together.
 */
public final class ConfigFile {
  static final String EXAMPLE =
      """
      mirror: shop
      databases:
        north: { url: "jdbc:postgresql://10.0.1.5:5432/shop", user: understudy, password: "${env:NORTH_PASSWORD}" }
        south: { url: "jdbc:postgresql://10.0.2.5:5432/shop", user: understudy, password: "${env:SOUTH_PASSWORD}" }
      source: north
      journal: { embedded: ./journal }
      """;

  private final Path folder;
  private final List<Problem> problems = new ArrayList<>();
  private final Values values;
  private final Node.Mapping root;

  private ConfigFile(String text, Path folder, Map<String, String> environment) {
    this.folder = folder;
    Node tree = YamlReader.read(text, problems);
    if (problems.isEmpty() && !(tree instanceof Node.Mapping)) {
      problems.add(
          new Problem(
              "", "holds no keys", "write one like this:\n" + EXAMPLE.indent(4).stripTrailing()));
    }
    this.root = tree instanceof Node.Mapping mapping ? mapping : Node.Mapping.EMPTY;
    this.values = new Values(root, new References(environment, folder), problems);
  }

  /**
   * @throws ConfigException if the file cannot be used; it names everything that is wrong
   */
  public static MirrorConfig load(Path file, Map<String, String> environment) {
    String name = file.toString();
    try {
      Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
      return parse(name, Files.readString(file, StandardCharsets.UTF_8), folder, environment);
    } catch (NoSuchFileException e) {
      throw refused(
          name,
          "there is no such file",
          "name one with -c FILE, or write one like this:\n" + EXAMPLE.indent(4).stripTrailing());
    } catch (java.nio.charset.CharacterCodingException e) {
      throw refused(name, "is not UTF-8 text", "save it as UTF-8");
    } catch (IOException e) {
      throw refused(
          name,
          "cannot be read",
          "check that it is a file and that the user who runs Understudy may read it");
    }
  }

  static MirrorConfig parse(
      String name, String text, Path folder, Map<String, String> environment) {
    ConfigFile file = new ConfigFile(text, folder, environment);
    return file.read(name);
  }

  private static ConfigException refused(String name, String message, String remedy) {
    return new ConfigException(name, List.of(new Problem("", message, remedy)));
  }

  private MirrorConfig read(String name) {
    if (!problems.isEmpty() && root.entries().isEmpty()) {
      throw new ConfigException(name, problems);
    }
    Structure.check(root, problems);
    Optional<MirrorName> mirror = mirror();
    DatabasesSection section = new DatabasesSection(root, values, problems);
    Map<DatabaseName, DatabaseSettings> databases = section.read();
    DatabaseName source = source(databases);
    JournalSettings journal = new JournalSection(values, folder, problems).read();
    TablePatterns tables = tables();
    ReaderSettings reader =
        new ReaderSettings(
            values.duration(Key.HEARTBEAT, "100ms", "1h"),
            values.count(Key.MAX_BATCH_CHANGES, 1, 1_000_000),
            values.size(Key.MAX_BATCH_BYTES, "64KiB", "1GiB"),
            values.size(Key.BITE_BEHIND, "1MiB", "1024GiB"));
    ApplierSettings applier =
        new ApplierSettings(
            values.count(Key.MAX_GROUP_CHANGES, 1, 10_000_000),
            values.size(Key.MAX_GROUP_BYTES, "64KiB", "1GiB"),
            values.duration(Key.MAX_GROUP_TIME, "1ms", "1h"));
    RetrySettings retry = retry();
    Optional<Path> pgDump = pgDump();
    SchemaChanges schemaChanges = schemaChanges();
    FailoverSettings failover =
        new FailoverSection(values, problems).read(databases, reader.heartbeat());
    Optional<ListenAddress> listen = listen();
    if (!problems.isEmpty()) {
      throw new ConfigException(name, problems);
    }
    return new MirrorConfig(
        mirror.orElseThrow(),
        databases,
        section.readers(),
        source,
        journal,
        tables,
        schemaChanges,
        reader,
        applier,
        retry,
        pgDump,
        failover,
        listen);
  }

  private Optional<MirrorName> mirror() {
    String name = values.text(Key.MIRROR);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new MirrorName(name));
    } catch (IllegalArgumentException e) {
      problems.add(
          new Problem(
              Key.MIRROR.path(),
              "'" + name + "' cannot name a mirror",
              "start with a lower-case letter; only lower-case letters, digits and '_', at most"
                  + " 40"));
      return Optional.empty();
    }
  }

  private DatabaseName source(Map<DatabaseName, DatabaseSettings> databases) {
    String name = values.text(Key.SOURCE);
    if (!name.isBlank() && !databases.isEmpty() && !databases.containsKey(new DatabaseName(name))) {
      List<String> names = databases.keySet().stream().map(DatabaseName::value).toList();
      problems.add(
          new Problem(
              Key.SOURCE.path(),
              "'" + name + "' is none of the databases",
              Spelling.closest(name, names)
                  .map(close -> "did you mean '" + close + "'?")
                  .orElse("write one of " + String.join(", ", names))));
    }
    return new DatabaseName(name.isBlank() ? "-" : name);
  }

  private TablePatterns tables() {
    List<String> include = values.list(Key.INCLUDE);
    List<String> exclude = values.list(Key.EXCLUDE);
    checkPatterns(Key.INCLUDE, include);
    checkPatterns(Key.EXCLUDE, exclude);
    if (include.isEmpty()) {
      problems.add(
          new Problem(
              Key.INCLUDE.path(), "names no table", "write [\"SCHEMA.*\"], or leave it out"));
    }
    return new TablePatterns(include, exclude);
  }

  private void checkPatterns(Key key, List<String> patterns) {
    for (int i = 0; i < patterns.size(); i++) {
      String pattern = patterns.get(i);
      if (pattern.indexOf('.') < 1 || pattern.endsWith(".")) {
        problems.add(
            new Problem(
                key.path() + "[" + i + "]",
                "'" + pattern + "' is not schema.table",
                "write public." + (pattern.isEmpty() ? "*" : pattern.replace(".", ""))));
      }
    }
  }

  private RetrySettings retry() {
    Duration initial = values.duration(Key.RETRY_INITIAL, "1ms", "1m");
    Duration max = values.duration(Key.RETRY_MAX, "1ms", "1h");
    if (max.compareTo(initial) < 0) {
      problems.add(
          new Problem(
              Key.RETRY_MAX.path(), "is shorter than retry.initial", "write at least as much"));
    }
    return new RetrySettings(initial, max);
  }

  private SchemaChanges schemaChanges() {
    String word = values.text(Key.DDL);
    return SchemaChanges.of(word)
        .orElseGet(
            () -> {
              problems.add(
                  new Problem(
                      Key.DDL.path(),
                      "'" + word + "' is none of apply, hold and ignore",
                      "write one of them, or leave it out for apply"));
              return SchemaChanges.APPLY;
            });
  }

  private Optional<Path> pgDump() {
    Optional<String> written = values.optional(Key.PG_DUMP);
    try {
      return written.map(folder::resolve);
    } catch (InvalidPathException e) {
      problems.add(
          new Problem(
              Key.PG_DUMP.path(),
              "is not a path",
              "write for example /usr/lib/postgresql/15/bin/pg_dump"));
      return Optional.empty();
    }
  }

  private Optional<ListenAddress> listen() {
    String text = values.text(Key.LISTEN);
    if (text.equals(ListenAddress.OFF)) {
      return Optional.empty();
    }
    Optional<ListenAddress> address = ListenAddress.parse(text);
    if (address.isEmpty()) {
      problems.add(
          new Problem(
              Key.LISTEN.path(),
              "'" + text + "' is not HOST:PORT",
              "write " + Key.LISTEN.fallback().orElseThrow() + ", or off"));
    }
    return address;
  }
}
