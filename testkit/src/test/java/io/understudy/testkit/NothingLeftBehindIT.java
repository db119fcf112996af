package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM that started one of each server and closes none, not even in a shutdown hook. */
class NothingLeftBehindIT {
  private static final int SIGINT = 2;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "TERM", "INT"})
  void allEndsWithTheJvmThatStartedIt(String signal) throws Exception {
    assumeFalse(
        signal.equals("INT") && ignoresInterrupts(),
        "whoever started this JVM had it ignore SIGINT, and so do its children");
    // As root, the servers run as another user, who must get there.
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (JavaProcess parent =
        JavaProcess.of(ChildMain.class)
            .heap("128m")
            .options(List.of("-Djava.io.tmpdir=" + temporary))
            .arguments("servers")
            .start()) {
      parent.awaitOutput("child ", LIMIT);
      List<Long> started =
          ProcessHandle.of(parent.pid())
              .orElseThrow()
              .descendants()
              .map(ProcessHandle::pid)
              .toList();
      // Two PostgreSQL servers with children, MySQL, MariaDB, a broker, a JVM, and a watchdog each.
      assertThat(started).hasSizeGreaterThan(16);
      assertThat(leftInFolder()).isNotEmpty();

      Processes.signal(signal, List.of(parent.pid()));
      parent.awaitExit(LIMIT);

      Processes.awaitEnd(started, Duration.ofSeconds(20));
      await().untilAsserted(() -> assertThat(leftInFolder()).isEmpty());
    }
  }

  @Test
  void noMemorySegmentOutlivesAKilledServer() throws Exception {
    long before = segments();
    for (int i = 0; i < 3; i++) {
      try (PostgresServer server = PostgresServer.start(PostgresSettings.defaults())) {
        server.kill9();
        server.startAgain();
        server.kill9();
      }
    }
    // Other programs of this machine may have made or removed one meanwhile; three would be ours.
    assertThat(segments()).isLessThan(before + 3);
  }

  /** Shells start what runs in the background so. */
  private static boolean ignoresInterrupts() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String mask =
          lines.filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow().substring(7);
      return (Long.parseUnsignedLong(mask.strip(), 16) & 1L << (SIGINT - 1)) != 0;
    }
  }

  private List<Path> leftInFolder() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.filter(f -> f.getFileName().toString().startsWith("understudy-")).toList();
    }
  }

  private static long segments() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/sysvipc/shm"))) {
      return lines.count() - 1;
    }
  }
}
