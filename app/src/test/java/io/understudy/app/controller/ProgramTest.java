package io.understudy.app.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private static Program.Outcome run(String command, Duration limit) throws InterruptedException {
    return new Program("fence-command", command, limit).run(Map.of("UNDERSTUDY_SOURCE", "north"));
  }

  @Test
  void hasWhatItNeedsInItsEnvironment() throws Exception {
    Path file = folder.resolve("said");

    assertThat(run("echo \"$UNDERSTUDY_SOURCE\" > " + file, LIMIT).well()).isTrue();

    assertThat(Files.readString(file)).isEqualTo("north\n");
  }

  @Test
  void saysHowItEnded() throws InterruptedException {
    Program.Outcome outcome = run("echo it does not work; exit 3", LIMIT);

    assertThat(outcome.well()).isFalse();
    assertThat(outcome.said()).startsWith("fence-command ended with 3, in ");
  }

  @Test
  void isKilledWithItsChildrenWhenItsTimeIsOver() throws Exception {
    Path file = folder.resolve("pid");

    Program.Outcome outcome =
        run("sleep 600 & echo $! > " + file + "; wait", Duration.ofSeconds(2));

    assertThat(outcome.well()).isFalse();
    assertThat(outcome.said()).contains("was killed after 2 s");
    long child = Long.parseLong(Files.readString(file).strip());
    ProcessHandle.of(child).ifPresent(it -> it.onExit().join());
    assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
  }
}
