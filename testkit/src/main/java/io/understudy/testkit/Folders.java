package io.understudy.testkit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What servers, and programs beside them, do with files. */
public final class Folders {
  private Folders() {}

  public static Path temporary(String name) {
    try {
      return Files.createTempDirectory("understudy-" + name + "-").toRealPath();
    } catch (IOException e) {
      throw new ServerException("a temporary folder for " + name + " cannot be made: " + e, e);
    }
  }

  /** Does not follow links; a folder that is not there is fine. */
  public static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // Gone already.
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new ServerException("the folder " + folder + " cannot be removed: " + e, e);
    }
  }

  /** The last bytes of a file as text; empty if there is no such file. */
  static String tail(Path file, int maxBytes) {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] end = new byte[(int) Math.min(maxBytes, in.length())];
      in.seek(in.length() - end.length);
      in.readFully(end);
      return new String(end, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /** What was written to a file after its first so many bytes, as text; empty if nothing. */
  static String from(Path file, long offset) {
    try {
      return tail(file, (int) Math.max(0, Files.size(file) - offset));
    } catch (IOException e) {
      return "";
    }
  }

  /** The lines of a file that a server may be writing or removing just now. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
