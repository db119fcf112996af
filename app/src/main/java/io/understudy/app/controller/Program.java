package io.understudy.app.controller;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command of the operator's, run by the shell; what it says goes to the log. */
final class Program {
  private static final Logger log = LoggerFactory.getLogger(Program.class);

  /** A child that goes on in the background keeps the output open: not waited for. */
  private static final long OUTPUT_MILLIS = 500;

  private final String name;
  private final String command;
  private final Duration limit;

  /**
   * @param name what it is, for people
   */
  Program(String name, String command, Duration limit) {
    this.name = name;
    this.command = command;
    this.limit = limit;
  }

  /**
   * What came of it.
   *
   * @param well whether it ended with 0, in time
   */
  record Outcome(boolean well, String said) {}

  Outcome run(Map<String, String> environment) throws InterruptedException {
    long began = System.nanoTime();
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      return new Outcome(false, name + " could not be started: " + e.getMessage());
    }
    Thread reader = new Thread(() -> read(process), name);
    reader.setDaemon(true);
    reader.start();
    try {
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      String how =
          ended
              ? "ended with " + process.exitValue()
              : "was killed after " + limit.toSeconds() + " s";
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      Outcome outcome =
          new Outcome(
              ended && process.exitValue() == 0, name + " " + how + ", in " + millis + " ms");
      log.info("{}", outcome.said());
      return outcome;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      reader.join(OUTPUT_MILLIS);
    }
  }

  private void read(Process process) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), Charset.defaultCharset()))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.info("{}: {}", name, line);
      }
    } catch (IOException e) {
      log.debug("{} was cut short", name, e);
    }
  }
}
