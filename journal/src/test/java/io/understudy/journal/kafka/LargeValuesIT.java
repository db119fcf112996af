package io.understudy.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.MirrorName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker has its 256 MiB; writer and reader have 512 MiB each. */
class LargeValuesIT {
  private static final int CHANGES = 10;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Test
  void passThroughSmallProcesses(@TempDir Path directory, @TempDir Path output) throws Exception {
    try (JournalFixture fixture = new JournalFixture(directory)) {
      MirrorName mirror = fixture.newMirror();
      try (Journal journal = fixture.journal(mirror, JournalLimits.DEFAULT)) {
        fixture.begun(journal, 0);
        long broker = fixture.broker().pid();
        List<String> written = run("write", fixture, output, mirror);
        fixture.settle(journal);
        List<String> read = run("read", fixture, output, mirror);
        assertThat(written).hasSize(CHANGES).doesNotHaveDuplicates();
        assertThat(read.subList(0, CHANGES)).isEqualTo(written);
        assertThat(read.get(CHANGES)).isEqualTo("tail " + CHANGES);
        assertThat(fixture.broker().pid()).isEqualTo(broker);
      }
    }
  }

  private static List<String> run(
      String what, JournalFixture fixture, Path folder, MirrorName mirror) throws Exception {
    Path output = folder.resolve(what);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                LargeValuesMain.class.getName(),
                what,
                fixture.broker().bootstrapServers(),
                mirror.value(),
                Integer.toString(CHANGES))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as(what).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(output);
    assertThat(process.exitValue()).as("%s: %s", what, said).isZero();
    return said.lines().filter(line -> line.matches("(\\d+ \\d+ \\d+|tail \\d+)")).toList();
  }
}
