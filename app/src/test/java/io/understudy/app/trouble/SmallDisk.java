package io.understudy.app.trouble;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of a few megabytes, in a mount namespace of its own: nobody else sees it, and it is
 * gone with its process. An ordinary user makes one in a user namespace. It is reached through the
 * process's root under {@code /proc}. Where neither is allowed, as in some containers, the test is
 * reported as aborted.
 */
final class SmallDisk implements AutoCloseable {
  private static final String READY = "mounted";
  private final Path mountPoint;
  private final Process process;
  private final Path path;

  private SmallDisk(Path mountPoint, Process process) {
    this.mountPoint = mountPoint;
    this.process = process;
    this.path = Path.of("/proc", Long.toString(process.pid()), "root" + mountPoint);
  }

  static SmallDisk ofMegabytes(int size) throws IOException {
    Path mountPoint = Files.createTempDirectory("small-disk").toRealPath();
    String script =
        "mount -t tmpfs -o size="
            + size
            + "m,mode=700 small "
            + mountPoint
            + " && echo "
            + READY
            + " && cat";
    List<String> attempts = new ArrayList<>();
    for (List<String> unshare : List.of(List.of("unshare", "-m"), List.of("unshare", "-r", "-m"))) {
      List<String> command = new ArrayList<>(unshare);
      command.addAll(List.of("sh", "-c", script));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      BufferedReader said =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      String line = said.readLine();
      if (READY.equals(line)) {
        return new SmallDisk(mountPoint, process);
      }
      process.destroyForcibly();
      attempts.add(unshare + ": " + line);
    }
    Files.delete(mountPoint);
    return Assumptions.abort("no small file system can be mounted here: " + attempts);
  }

  Path path() {
    return path;
  }

  /** Takes room as another program would, until only {@code left} bytes are free. */
  Path fill(long left) throws IOException {
    Path other = path.resolve("somebody-elses-file");
    long size = path.toFile().getUsableSpace() - left;
    assertThat(size).isPositive();
    try (var out = Files.newOutputStream(other)) {
      byte[] block = new byte[1 << 16];
      for (long written = 0; written < size; written += block.length) {
        out.write(block);
      }
    }
    return other;
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    Files.deleteIfExists(mountPoint);
  }
}
