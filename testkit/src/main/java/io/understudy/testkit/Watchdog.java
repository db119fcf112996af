package io.understudy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A small shell process that outlives this JVM just long enough to end what the JVM started. It
 * reads from a pipe which processes to watch and which folders to remove; the pipe ends with the
 * JVM, kill -9 included. It runs in a session of its own, so that a signal to the JVM's process
 * group does not reach it. The script is the resource {@code watchdog.sh}.
 *
 * <p>Processes wait behind a gate until the watchdog knows them: there is no instant at which one
 * runs unwatched.
 */
final class Watchdog implements AutoCloseable {
  private static final String GATE = "read -r go && [ \"$go\" = go ] && exec \"$@\" </dev/null";
  private static final int CLOSE_SECONDS = 60; // a gigabyte of log is to be removed, on a busy disk

  private final Process shell;
  private final OutputStream orders;

  private Watchdog(Process shell) {
    this.shell = shell;
    this.orders = shell.getOutputStream();
  }

  static Watchdog start() {
    List<String> command = new ArrayList<>();
    Tools.find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
    command.addAll(List.of("/bin/sh", "-c", script(), "understudy-watchdog"));
    try {
      return new Watchdog(
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new ServerException("the watchdog process could not be started: " + e, e);
    }
  }

  /** The folder is removed when this ends, after the processes. */
  void remove(Path folder) {
    order("remove " + folder);
  }

  /**
   * Starts a process that cannot outlive this JVM. Its standard input is empty.
   *
   * @param lastSignal what to try before kill -9, such as QUIT for a clean-up of its own
   */
  Process start(String lastSignal, ProcessBuilder builder) throws IOException {
    List<String> gated = new ArrayList<>(List.of("/bin/sh", "-c", GATE, "understudy-gate"));
    gated.addAll(builder.command());
    Process process = builder.command(gated).redirectInput(ProcessBuilder.Redirect.PIPE).start();
    try (OutputStream gate = process.getOutputStream()) {
      order("watch " + process.pid() + " " + lastSignal);
      gate.write("go\n".getBytes(StandardCharsets.US_ASCII));
    }
    return process;
  }

  /** Ends what is still watched, removes the folders, and waits until that is done. */
  @Override
  public void close() {
    try {
      orders.close();
      if (!shell.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        throw new ServerException(
            "the watchdog, process " + shell.pid() + ", did not end in " + CLOSE_SECONDS + " s");
      }
    } catch (IOException e) {
      throw new ServerException("the watchdog could not be closed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void order(String line) {
    if (line.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a line break in " + line);
    }
    try {
      orders.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      orders.flush();
    } catch (IOException e) {
      throw new ServerException("the watchdog, process " + shell.pid() + ", is gone", e);
    }
  }

  private static String script() {
    try (InputStream in = Watchdog.class.getResourceAsStream("watchdog.sh")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("watchdog.sh cannot be read", e);
    }
  }
}
