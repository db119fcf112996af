package io.understudy.app.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.understudy.testkit.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/**
 * One process of the product: a child JVM that runs one command, and is started again after it was
 * killed. One that ends without having been killed here is a failure, never started again: no
 * operator is at hand. What it says is kept in a log when it has ended.
 */
public final class ProductProcess implements Victim, AutoCloseable {
  private static final int TAIL_CHARACTERS = 6_000;
  private static final long POLL_MILLIS = 20;

  private final String name;
  private final Path log;
  private final Map<String, String> environment;
  private final String[] arguments;
  private String heap = "256m";
  private JavaProcess process;
  private String lastWords = "";

  /**
   * @param arguments of the program, the command first
   */
  public ProductProcess(
      String name, Path folder, Map<String, String> environment, String... arguments) {
    this.name = name;
    this.log = folder.resolve(name + ".log");
    this.environment = environment;
    this.arguments = arguments.clone();
  }

  /** With another heap than 256 MiB, from the next start on. */
  public ProductProcess withHeap(String size) {
    heap = size;
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void start() {
    if (process != null) {
      throw new IllegalStateException(name + " was started already");
    }
    JavaProcess.Builder builder =
        JavaProcess.of("io.understudy.app.Main").heap(heap).arguments(arguments);
    environment.forEach(builder::environment);
    process = builder.start();
  }

  @Override
  public synchronized void kill() {
    requireRunning();
    process.kill9();
    close();
  }

  /** Throws, with the end of what it said, if the process ended by itself. */
  public synchronized void requireRunning() {
    if (process != null && !process.isAlive()) {
      throw new IllegalStateException(
          name + " ended by itself with exit code " + exitCode() + ":\n" + said());
    }
  }

  /** Asks it to end, as an operator does: SIGTERM. */
  public synchronized void terminate() {
    process.terminate();
  }

  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** All that it said on standard error since its last start. */
  public synchronized String stderr() {
    return process.stderr();
  }

  /** All that it said on standard output since its last start. */
  public synchronized String stdout() {
    return process.stdout();
  }

  /** All that it had said on standard error when it was killed last. */
  public synchronized String lastWords() {
    return lastWords;
  }

  public void pause() {
    process.pause();
  }

  public void resume() {
    process.resume();
  }

  /** Waits for the process to end by itself; empty if it did not. */
  public OptionalInt awaitExit(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (process.isAlive()) {
      if (System.nanoTime() > deadline) {
        return OptionalInt.empty();
      }
      Thread.sleep(POLL_MILLIS);
    }
    return OptionalInt.of(exitCode());
  }

  /** The end of what it said since its last start. */
  public synchronized String said() {
    String text = process.stdout() + process.stderr();
    return text.substring(Math.max(0, text.length() - TAIL_CHARACTERS));
  }

  private int exitCode() {
    return process.awaitExit(Duration.ofSeconds(10));
  }

  @Override
  public synchronized void close() {
    if (process == null) {
      return;
    }
    try {
      process.kill9();
      lastWords = process.stderr();
      Files.writeString(
          log,
          process.stdout() + process.stderr() + "--- ended with exit code " + exitCode() + "\n",
          UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep what " + name + " said", e);
    } finally {
      process.close();
      process = null;
    }
  }
}
