package io.understudy.app.schema;

import io.understudy.journal.MirrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A dump of a schema in {@code pg_dump}'s custom format, in a temporary file, which goes when this
 * is closed.
 */
final class Archive implements AutoCloseable {
  private static final String POST_DATA = "--section=post-data";

  private final ClientPrograms programs;
  private final Path file;

  private Archive(ClientPrograms programs, Path file) {
    this.programs = programs;
    this.file = file;
  }

  /**
   * Dumps all there is in a database but what is ours, and rows.
   *
   * @param options of {@code pg_dump}: the sections at least
   */
  static Archive dump(ClientPrograms programs, Login from, List<String> options)
      throws InterruptedException {
    Archive archive = new Archive(programs, temporary("schema"));
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.path("pg_dump"),
                "--format=custom",
                "--exclude-schema=understudy",
                "--no-publications",
                "--no-subscriptions",
                "--no-blobs",
                "--file=" + archive.file));
    command.addAll(options);
    try {
      new Program(command, from.environment()).run();
      return archive;
    } catch (InterruptedException | RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  /**
   * One that was dumped before.
   *
   * @param bytes what {@link #bytes} returned
   */
  static Archive of(ClientPrograms programs, byte[] bytes) {
    Path file = temporary("schema");
    try {
      Files.write(file, bytes);
      return new Archive(programs, file);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  byte[] bytes() {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The list of what comes after the rows, an object a line. */
  List<String> later() throws InterruptedException {
    return restore(List.of("--list", POST_DATA), Map.of()).lines().toList();
  }

  /**
   * @param section pre-data or post-data
   */
  String script(String section) throws InterruptedException {
    return written(List.of("--section=" + section));
  }

  /**
   * @param entries of {@link #later}
   */
  String script(List<String> entries) throws InterruptedException {
    return with(entries, list -> written(List.of(POST_DATA, list)));
  }

  /**
   * Makes objects.
   *
   * @param entries of {@link #later}
   * @param jobs how many at the same time
   * @param owned whether they get the owners that they have in the archive
   * @param environment with the way to the database
   */
  void make(
      List<String> entries,
      int jobs,
      boolean owned,
      String database,
      Map<String, String> environment)
      throws InterruptedException {
    List<String> options = new ArrayList<>(List.of(POST_DATA, "--exit-on-error"));
    options.add("--jobs=" + jobs);
    // All that matters is in the environment; without this it would not connect.
    options.add("--dbname=dbname='" + database.replaceAll("[\\\\']", "\\\\$0") + "'");
    if (!owned) {
      options.add("--no-owner");
    }
    with(
        entries,
        list -> {
          options.add(list);
          return restore(options, environment);
        });
  }

  private interface Listed {
    String run(String option) throws InterruptedException;
  }

  private static String with(List<String> entries, Listed work) throws InterruptedException {
    Path list = temporary("list");
    try {
      Files.write(list, entries);
      return work.run("--use-list=" + list);
    } catch (IOException e) {
      throw unwritable(list, e);
    } finally {
      delete(list);
    }
  }

  private String written(List<String> options) throws InterruptedException {
    Path script = temporary("script");
    try {
      List<String> all = new ArrayList<>(options);
      all.add("--file=" + script);
      restore(all, Map.of());
      return Files.readString(script);
    } catch (IOException e) {
      throw unreadable(script, e);
    } finally {
      delete(script);
    }
  }

  private String restore(List<String> options, Map<String, String> environment)
      throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(programs.path("pg_restore")));
    command.addAll(options);
    command.add(file.toString());
    return new Program(command, environment).output();
  }

  static Path temporary(String what) {
    try {
      return Files.createTempFile("understudy-" + what + "-", ".dump");
    } catch (IOException e) {
      throw new MirrorException.Operator(
          "no file can be made in the folder for temporary ones: " + e.getMessage(),
          "make room there, or name another with -Djava.io.tmpdir",
          e);
    }
  }

  static MirrorException unwritable(Path file, IOException e) {
    return new MirrorException.Operator(
        "writing " + file + ": " + e.getMessage(), "make room there", e);
  }

  private static MirrorException unreadable(Path file, IOException e) {
    return new MirrorException.Operator(
        "reading " + file + ": " + e.getMessage(), "run this again", e);
  }

  static void delete(Path file) {
    file.toFile().delete(); // a temporary file that stays does no harm
  }

  @Override
  public void close() {
    delete(file);
  }
}
