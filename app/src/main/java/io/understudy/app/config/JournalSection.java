package io.understudy.app.config;

import io.understudy.journal.kafka.KafkaSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code journal}: exactly one of two kinds of broker, and client settings that are safe. */
final class JournalSection {
  static final String NAME = "journal";

  private static final Pattern SERVERS =
      Pattern.compile("\\s*[^\\s,:/]+:\\d{1,5}\\s*(,\\s*[^\\s,:/]+:\\d{1,5}\\s*)*");

  private final Values values;
  private final Path folder;
  private final List<Problem> problems;

  /**
   * @param folder where relative paths begin
   */
  JournalSection(Values values, Path folder, List<Problem> problems) {
    this.values = values;
    this.folder = folder;
    this.problems = problems;
  }

  JournalSettings read() {
    Optional<String> servers = values.optional(Key.BOOTSTRAP_SERVERS);
    Optional<String> embedded = values.optional(Key.EMBEDDED);
    Map<String, String> client = values.settings(Key.CLIENT);
    checkClientSettings(client);
    if (servers.isPresent() && embedded.isPresent()) {
      refuse(NAME, "has both bootstrap-servers and embedded", "keep one of them");
    } else if (servers.isEmpty() && embedded.isEmpty() && values.mayHold(Key.EMBEDDED)) {
      refuse(
          NAME,
          "has neither bootstrap-servers nor embedded",
          "write bootstrap-servers: \"HOST:PORT\" for your own Kafka, or embedded: ./journal");
    }
    if (embedded.isPresent() && !client.isEmpty()) {
      refuse(
          Key.CLIENT.path(),
          "is for bootstrap-servers only",
          "remove it; nobody else reaches an embedded broker");
    }
    JournalSettings.Brokers brokers =
        embedded.isPresent() ? embedded(embedded.get()) : cluster(servers.orElse(""), client);
    int copies = values.count(Key.REPLICATION_FACTOR, 1, 15);
    return new JournalSettings(
        brokers,
        embedded.isPresent() ? 1 : copies,
        values.duration(Key.RETENTION, "1m", "36500d"),
        (int) values.size(Key.PIECE_BYTES, "16KiB", "8MiB"));
  }

  private JournalSettings.Brokers cluster(String servers, Map<String, String> client) {
    if (!servers.isEmpty() && !SERVERS.matcher(servers).matches()) {
      refuse(
          Key.BOOTSTRAP_SERVERS.path(),
          "is not HOST:PORT,HOST:PORT",
          "write for example \"k1:9092,k2:9092,k3:9092\"");
    }
    return new JournalSettings.Cluster(servers.replaceAll("\\s", ""), client);
  }

  private JournalSettings.Brokers embedded(String path) {
    try {
      return new JournalSettings.Embedded(folder.resolve(path).normalize());
    } catch (InvalidPathException e) {
      refuse(Key.EMBEDDED.path(), "is not a path", "write for example ./journal");
      return new JournalSettings.Embedded(folder);
    }
  }

  private void checkClientSettings(Map<String, String> client) {
    for (String name : KafkaSettings.refused(client)) {
      refuse(
          Key.CLIENT.path() + "." + name,
          "is not for you to set",
          name.equals("bootstrap.servers")
              ? "use journal.bootstrap-servers"
              : "remove it; only how to reach the brokers is free: security.…, sasl.…, ssl.…");
    }
  }

  private void refuse(String path, String message, String remedy) {
    problems.add(new Problem(path, message, remedy));
  }
}
