package io.understudy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A package with the programs of a server that is too large for the class path: Maven fetches it
 * when the first server of its kind is started, once for each user. Where there is no Maven, the
 * file can be put into the folder that the system property {@code understudy.archives} names.
 */
final class ServerArchive {
  private static final Logger LOG = LoggerFactory.getLogger(ServerArchive.class);
  private static final String FOLDER = "understudy.archives";
  private static final int FETCH_MINUTES = 30;
  private static final int REPORT_SECONDS = 3;
  private static final int TAIL_BYTES = 2_000;

  private final Properties properties = new Properties();
  private final String key;

  ServerArchive(String key) {
    this.key = key;
    try (InputStream in = ServerArchive.class.getResourceAsStream("archives.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("archives.properties cannot be read", e);
    }
  }

  /** Whether the build names such an archive. */
  boolean isKnown() {
    return properties.containsKey(key + ".version");
  }

  /** Of the server, such as 8.0.33. */
  String version() {
    return properties.getProperty(key + ".version");
  }

  /**
   * The file, which may be one made in the folder given.
   *
   * @param title of what is in it, for people
   * @param progress told when Maven begins to fetch it, and how far that is
   */
  Path file(Path scratch, String title, Consumer<String> progress) throws IOException {
    String name = properties.getProperty(key + ".file");
    String given = System.getProperty(FOLDER);
    if (given != null && Files.exists(Path.of(given, name))) {
      return Path.of(given, name);
    }
    String what = title + " " + version();
    progress.accept(
        "fetching "
            + what
            + " by Maven, once: "
            + properties.getProperty(key + ".size")
            + ", then kept in "
            + Cache.folder());
    fetch(scratch, step -> progress.accept("fetching " + what + ": " + step));
    Path file = scratch.resolve(name);
    if (!Files.exists(file)) {
      try (Stream<Path> files = Files.list(scratch)) {
        throw new ServerException("Maven did not bring " + name + " but " + files.toList());
      }
    }
    return file;
  }

  private void fetch(Path scratch, Consumer<String> progress) throws IOException {
    String artifact = properties.getProperty(key + ".artifact");
    LOG.info("fetching the server's programs by Maven, once artifact={}", artifact);
    Path log = scratch.resolve("maven.log");
    List<String> command =
        new ArrayList<>(
            List.of(
                "mvn",
                "-Dstyle.color=never",
                "org.apache.maven.plugins:maven-dependency-plugin:"
                    + properties.getProperty("dependency-plugin.version")
                    + ":copy",
                "-Dartifact=" + artifact,
                "-DoutputDirectory=" + scratch));
    String repository = System.getProperty("maven.repo.local");
    if (repository != null) {
      command.add("-Dmaven.repo.local=" + repository);
    }
    int exit;
    try (Watchdog watchdog = Watchdog.start()) {
      Process maven =
          watchdog.start(
              "TERM",
              new ProcessBuilder(command)
                  .directory(scratch.toFile())
                  .redirectErrorStream(true)
                  .redirectOutput(log.toFile()));
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(FETCH_MINUTES);
      boolean ended = false;
      while (!ended && System.nanoTime() < deadline) {
        ended = maven.waitFor(REPORT_SECONDS, TimeUnit.SECONDS);
        MavenProgress.last(Folders.tail(log, TAIL_BYTES)).ifPresent(progress);
      }
      if (!ended) {
        throw new ServerException(artifact + " was not there in " + FETCH_MINUTES + " min");
      }
      exit = maven.exitValue();
    } catch (InterruptedException e) {
      throw Processes.interrupted("fetching " + artifact, e);
    }
    if (exit != 0) {
      throw new ServerException(
          artifact
              + " cannot be fetched: install Maven and let it reach its repository, or put the file "
              + properties.getProperty(key + ".file")
              + " into a folder and name that by -D"
              + FOLDER
              + "=FOLDER\n"
              + Folders.tail(log, TAIL_BYTES));
    }
  }
}
