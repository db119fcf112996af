package io.understudy.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A main class in a child JVM with this JVM's class path, to be killed, frozen and awaited. What it
 * prints goes to files, so that it never waits for its reader; they are removed when this is
 * closed. It does not outlive this JVM.
 */
public final class JavaProcess implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  /** Most of such processes live for seconds, several at a time on few processors. */
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData");

  private static final int MAX_OUTPUT_BYTES = 1 << 20;

  private final String name;
  private final Path folder;
  private final Watchdog watchdog;
  private final Process process;

  private JavaProcess(String name, Path folder, Watchdog watchdog, Process process) {
    this.name = name;
    this.folder = folder;
    this.watchdog = watchdog;
    this.process = process;
  }

  public static Builder of(Class<?> mainClass) {
    return new Builder(mainClass.getName());
  }

  /** For a main class that the caller cannot see, but the class path holds. */
  public static Builder of(String mainClass) {
    return new Builder(mainClass);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it printed to standard output; the last MiB if it was more. */
  public String stdout() {
    return Folders.tail(stdoutFile(), MAX_OUTPUT_BYTES);
  }

  /** What it printed to standard error; the last MiB if it was more. */
  public String stderr() {
    return Folders.tail(stderrFile(), MAX_OUTPUT_BYTES);
  }

  /** All of standard output; removed when this is closed. */
  public Path stdoutFile() {
    return folder.resolve("stdout");
  }

  /** All of standard error; removed when this is closed. */
  public Path stderrFile() {
    return folder.resolve("stderr");
  }

  /**
   * Waits until standard output or standard error holds the text.
   *
   * @throws ServerException with the output, if the process ends or the time is over before
   */
  public void awaitOutput(String text, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      boolean alive = process.isAlive();
      if (stdout().contains(text) || stderr().contains(text)) {
        return;
      }
      if (!alive) {
        throw failure("ended with exit code " + process.exitValue() + " without saying: " + text);
      }
      if (System.nanoTime() > deadline) {
        throw failure("did not say within " + limit.toSeconds() + " s: " + text);
      }
      Processes.pause(POLL, "waiting for " + name + " to say: " + text);
    }
  }

  /**
   * Returns the exit code; 128 and the signal's number if a signal ended it.
   *
   * @throws ServerException with the output, if it still runs then
   */
  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failure("still runs after " + limit.toSeconds() + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw Processes.interrupted("waiting for the end of " + name, e);
    }
  }

  /** Asks it to end, by SIGTERM. */
  public void terminate() {
    signal("TERM");
  }

  /** What Ctrl-C does: SIGINT. */
  public void interrupt() {
    signal("INT");
  }

  /** Ends it at once and waits until it is gone; its own children go on. */
  public void kill9() {
    signal("KILL");
    awaitExit(Duration.ofMinutes(1));
  }

  /** Freezes it. */
  public void pause() {
    if (process.isAlive()) {
      Processes.freeze(List.of(process.pid()));
    }
  }

  public void resume() {
    signal("CONT");
  }

  /** Ends the process, if it still runs, with all its children, and removes its output. */
  @Override
  public void close() {
    watchdog.close();
  }

  private void signal(String signal) {
    if (process.isAlive()) {
      Processes.signal(signal, List.of(process.pid()));
    }
  }

  private ServerException failure(String what) {
    return new ServerException(
        name + " (process " + pid() + ") " + what + "\n" + stdout() + "\n" + stderr());
  }

  /** What the process is to be. */
  public static final class Builder {
    private final String mainClass;
    private final List<String> options = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Path directory = Path.of("").toAbsolutePath();

    private Builder(String mainClass) {
      this.mainClass = mainClass;
    }

    /** The most memory for Java objects, such as 256m. */
    public Builder heap(String size) {
      options.add("-Xmx" + size);
      return this;
    }

    /** Options of the JVM, such as -Dname=value. */
    public Builder options(List<String> more) {
      options.addAll(more);
      return this;
    }

    public Builder arguments(String... more) {
      arguments.addAll(List.of(more));
      return this;
    }

    public Builder environment(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** The working directory; this JVM's own if not set. */
    public Builder directory(Path path) {
      directory = path;
      return this;
    }

    public JavaProcess start() {
      String name = mainClass.substring(mainClass.lastIndexOf('.') + 1);
      Path folder = Folders.temporary(name);
      Watchdog watchdog = Watchdog.start();
      watchdog.remove(folder);
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(QUICK_START);
      command.addAll(options);
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
      command.addAll(arguments);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(folder.resolve("stdout").toFile())
              .redirectError(folder.resolve("stderr").toFile());
      builder.environment().putAll(environment);
      try {
        return new JavaProcess(name, folder, watchdog, watchdog.start("KILL", builder));
      } catch (IOException e) {
        watchdog.close();
        throw new ServerException(mainClass + " could not be started: " + e, e);
      }
    }
  }
}
