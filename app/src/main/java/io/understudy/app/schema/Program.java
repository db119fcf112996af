package io.understudy.app.schema;

import io.understudy.journal.MirrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program run to its end. If the thread is interrupted meanwhile, it is ended too.
 *
 * @param environment added to this process's own
 */
record Program(List<String> command, Map<String, String> environment) {
  private static final int LINES = 12;
  private static final int END_SECONDS = 10;

  /**
   * @throws MirrorException.Operator if it cannot be run, or fails; with the end of what it said
   */
  void run() throws InterruptedException {
    output();
  }

  /** What it wrote to its standard output, which is little. */
  String output() throws InterruptedException {
    Path out = null;
    Path err = null;
    try {
      out = Files.createTempFile("understudy-", ".out");
      err = Files.createTempFile("understudy-", ".err");
      int code = runInto(out, err);
      if (code != 0) {
        throw new MirrorException.Operator(
            name()
                + " failed with code "
                + code
                + ":\n"
                + tail(Files.readString(err)).indent(4).stripTrailing(),
            "do away with what it says, then run this again");
      }
      return Files.readString(out);
    } catch (IOException e) {
      throw new MirrorException.Operator(
          "running " + command.get(0) + ": " + e.getMessage(), "see that it can be run", e);
    } finally {
      delete(out);
      delete(err);
    }
  }

  private String name() {
    return Path.of(command.get(0)).getFileName().toString();
  }

  private int runInto(Path out, Path err) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      return process.waitFor();
    } finally {
      process.destroy();
      if (process.isAlive() && !process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private static String tail(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
  }

  private static void delete(Path file) {
    if (file != null) {
      file.toFile().delete(); // a temporary file that stays does no harm
    }
  }
}
