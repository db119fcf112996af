package io.understudy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * What Java's own process classes cannot do: other signals, and telling a zombie from a process.
 */
final class Processes {
  private static final String SCRIPT =
      "name=$1; shift; for pid; do kill -s \"$name\" \"$pid\" 2>/dev/null; done; true";
  private static final Duration POLL = Duration.ofMillis(10);

  private static final Duration STANDSTILL = Duration.ofSeconds(30);

  private Processes() {}

  /** Returns when no thread of theirs runs any more: on a busy machine, some go on for a while. */
  static void freeze(Collection<Long> pids) {
    signal("STOP", pids);
    long deadline = System.nanoTime() + STANDSTILL.toNanos();
    while (!pids.stream().allMatch(Processes::standsStill)) {
      if (System.nanoTime() > deadline) {
        throw new ServerException(
            "of " + pids + " some still run " + STANDSTILL.toSeconds() + " s after SIGSTOP");
      }
      pause(POLL, "waiting for the standstill of " + pids);
    }
  }

  private static boolean standsStill(long pid) {
    Path threads = Path.of("/proc", Long.toString(pid), "task");
    try (Stream<Path> each = Files.list(threads)) {
      return each.map(thread -> state(thread.resolve("status")))
          .allMatch(state -> state.isEmpty() || "TtZX".contains(state));
    } catch (IOException | UncheckedIOException e) {
      return true; // gone
    }
  }

  /** The letter of a process's or thread's state; empty if it is gone. */
  private static String state(Path status) {
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("State:"))
          .map(line -> line.substring("State:".length()).strip().substring(0, 1))
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  /** A process that is gone already is no error. */
  static void signal(String name, Collection<Long> pids) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "signal", name));
    pids.forEach(pid -> command.add(Long.toString(pid)));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new ServerException("sending SIG" + name + " to " + pids + " failed: " + said);
      }
    } catch (IOException e) {
      throw new ServerException("sending SIG" + name + " to " + pids + " failed: " + e, e);
    } catch (InterruptedException e) {
      throw interrupted("sending SIG" + name + " to " + pids, e);
    }
  }

  /**
   * Whether it still runs. Java takes a zombie for alive; the child of a dead process stays one for
   * as long as the machine's first process does not care, and in a container it may never.
   */
  static boolean isAlive(long pid) {
    if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
      return false;
    }
    String state = state(Path.of("/proc", Long.toString(pid), "status"));
    return !state.equals("Z") && !state.equals("X");
  }

  static void awaitEnd(Collection<Long> pids, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (pids.stream().anyMatch(Processes::isAlive)) {
      if (System.nanoTime() > deadline) {
        throw new ServerException(
            "of " + pids + " some still run after " + limit.toSeconds() + " s");
      }
      pause(POLL, "waiting for the end of " + pids);
    }
  }

  /** Sleeps; an interrupt becomes an exception that says what was going on. */
  static void pause(Duration time, String during) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      throw interrupted(during, e);
    }
  }

  static ServerException interrupted(String during, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new ServerException("interrupted while " + during, cause);
  }
}
