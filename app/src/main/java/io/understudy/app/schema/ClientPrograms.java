package io.understudy.app.schema;

import io.understudy.journal.MirrorException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code pg_dump}, and {@code pg_restore} and {@code psql} from the same folder.
 *
 * @param major their version
 */
record ClientPrograms(Path folder, int major) {
  private static final String DUMP = "pg_dump";
  private static final List<String> NEEDED = List.of(DUMP, "pg_restore", "psql");
  private static final Pattern VERSION = Pattern.compile("pg_dump \\(PostgreSQL\\) (\\d+).*");

  /**
   * @param configured the {@code pg_dump} to take; empty for the first one on the {@code PATH}
   * @param serverMajor the newest version of the servers, whose schemas older programs cannot dump
   * @throws MirrorException.Operator if there are none, or they are too old
   */
  static ClientPrograms find(
      Optional<Path> configured, Map<String, String> environment, int serverMajor)
      throws InterruptedException {
    Path dump = configured.or(() -> onPath(environment)).orElseThrow(() -> missing(serverMajor));
    Path folder = dump.toAbsolutePath().getParent();
    for (String name : NEEDED) {
      Path program = name.equals(DUMP) ? dump : folder.resolve(name);
      if (!Files.isExecutable(program)) {
        throw new MirrorException.Operator(
            "making the schema of a standby: there is no program " + program, remedy(serverMajor));
      }
    }
    String said = new Program(List.of(dump.toString(), "--version"), Map.of()).output().strip();
    Matcher version = VERSION.matcher(said);
    if (!version.matches()) {
      throw new MirrorException.Operator(
          "making the schema of a standby: "
              + dump
              + " is not PostgreSQL's pg_dump; asked for its version it says '"
              + said
              + "'",
          remedy(serverMajor));
    }
    int major = Integer.parseInt(version.group(1));
    if (major < serverMajor) {
      throw new MirrorException.Operator(
          "making the schema of a standby: "
              + dump
              + " is of version "
              + major
              + ", too old for servers of version "
              + serverMajor,
          remedy(serverMajor));
    }
    return new ClientPrograms(folder, major);
  }

  private static Optional<Path> onPath(Map<String, String> environment) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, DUMP))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static MirrorException missing(int serverMajor) {
    return new MirrorException.Operator(
        "making the schema of a standby: there is no pg_dump on the PATH", remedy(serverMajor));
  }

  private static String remedy(int serverMajor) {
    return "install PostgreSQL's client programs of version "
        + serverMajor
        + " or later (Debian: postgresql-client-"
        + serverMajor
        + "), or name a pg_dump in init.pg-dump of the configuration, or make the tables on the"
        + " standby by hand";
  }

  String path(String program) {
    return folder.resolve(program).toString();
  }
}
