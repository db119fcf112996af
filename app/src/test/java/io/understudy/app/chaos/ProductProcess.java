package io.understudy.app.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * One process of the product: a child JVM with little memory that runs one command, with all it
 * says appended to a log. A process that ends without having been killed here is a finding, never
 * started again: no operator is at hand.
 */
final class ProductProcess implements KillScheduler.Victim, AutoCloseable {
  private static final long KILL_SECONDS = 20;
  private static final int TAIL_CHARACTERS = 6_000;

  private final String name;
  private final Path log;
  private final Map<String, String> environment;
  private final List<String> arguments;
  private Process process;
  private boolean killed;

  /**
   * @param arguments of the program, the command first
   */
  ProductProcess(String name, Path folder, Map<String, String> environment, String... arguments) {
    this.name = name;
    this.log = folder.resolve(name + ".log");
    this.environment = environment;
    this.arguments = List.of(arguments);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void start() throws IOException {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.understudy.app.Main");
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    process = builder.start();
    killed = false;
  }

  @Override
  public synchronized void kill() throws InterruptedException {
    requireRunning();
    killed = true;
    process.destroyForcibly();
    if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(name + " survives kill -9");
    }
  }

  /** Throws, with the end of its log, if the process ended by itself. */
  synchronized void requireRunning() {
    if (process != null && !killed && !process.isAlive()) {
      throw new IllegalStateException(
          name + " ended by itself with exit code " + process.exitValue() + ":\n" + logTail());
    }
  }

  /** Sends {@code STOP} or {@code CONT}. */
  synchronized void signal(String signal) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("/bin/kill", "-s", signal, Long.toString(process.pid()))
            .inheritIO()
            .start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("cannot send " + signal + " to " + name);
    }
  }

  /** Waits for the process to end by itself; empty if it did not. */
  OptionalInt awaitExit(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
        ? OptionalInt.of(process.exitValue())
        : OptionalInt.empty();
  }

  String logTail() {
    try {
      String text = Files.readString(log, UTF_8);
      return text.substring(Math.max(0, text.length() - TAIL_CHARACTERS));
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }

  @Override
  public synchronized void close() {
    if (process != null) {
      killed = true;
      process.destroyForcibly();
    }
  }
}
