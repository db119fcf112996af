package io.understudy.journal.embedded;

import io.understudy.journal.MirrorException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A child JVM with a broker, as the process sees it that starts it. The child's output is only read
 * here; the broker logs into its folder.
 */
final class BrokerProcess {
  /** How a start went, if it did not fail. */
  enum Outcome {
    READY,
    /** Another process was quicker, or an earlier broker has not quite gone. */
    HELD
  }

  private static final int MAX_OUTPUT_LINES = 20;

  private final BrokerFolder folder;
  private final Process process;
  private final CountDownLatch settled = new CountDownLatch(1);
  private final Deque<String> output = new ArrayDeque<>();
  private volatile boolean ready;
  private volatile Optional<BrokerReport> report = Optional.empty();

  private BrokerProcess(BrokerFolder folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  static BrokerProcess start(BrokerFolder folder) {
    try {
      Process process =
          new ProcessBuilder(command(folder))
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
              .start();
      BrokerProcess broker = new BrokerProcess(folder, process);
      Thread thread = new Thread(broker::readOutput, "broker-output-" + process.pid());
      thread.setDaemon(true);
      thread.start();
      return broker;
    } catch (IOException e) {
      throw new MirrorException.Transient(
          "the embedded broker's process for " + folder.path() + " could not be started: " + e, e);
    }
  }

  /**
   * Waits until the broker can be reached.
   *
   * @throws MirrorException what kept it from starting; the process has ended then
   */
  Outcome await(Duration limit) throws InterruptedException {
    if (!settled.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw failure("did not start within " + limit.toSeconds() + " s");
    }
    if (ready) {
      return Outcome.READY;
    }
    if (report.isPresent()) {
      throw report.get().toException();
    }
    int exit = process.waitFor();
    if (exit == BrokerMain.EXIT_HELD) {
      return Outcome.HELD;
    }
    throw failure("ended with exit code " + exit + " while starting");
  }

  private MirrorException failure(String what) {
    String said;
    synchronized (output) {
      said = String.join("\n", output);
    }
    return new MirrorException.Transient(
        "the embedded broker in " + folder.path() + " " + what + "\n" + said + folder.logTail(),
        null);
  }

  private void readOutput() {
    try (BufferedReader reader =
        new BufferedReader(
            new java.io.InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        read(line);
      }
    } catch (IOException e) {
      // The output ends with the process, one way or the other.
    } finally {
      settled.countDown();
    }
  }

  private void read(String line) {
    if (line.equals(BrokerMain.READY)) {
      ready = true;
      settled.countDown();
      return;
    }
    report = BrokerReport.parse(line).or(() -> report);
    synchronized (output) {
      output.add(line);
      if (output.size() > MAX_OUTPUT_LINES) {
        output.remove();
      }
    }
  }

  private static List<String> command(BrokerFolder folder) {
    List<String> command = new ArrayList<>();
    // Ctrl-C, a closed terminal and a stopping service signal the whole group; see BrokerMain.
    command.addAll(List.of("/bin/sh", "-c", "trap '' HUP INT TERM; exec \"$@\"", "broker"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.addAll(BrokerMain.javaOptions(folder.path()));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            BrokerMain.class.getName(),
            folder.path().toString()));
    return command;
  }
}
