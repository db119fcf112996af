package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaProcessIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void keepsApartWhatIsPrintedAndReturnsTheExitCode(@TempDir Path directory) {
    Path output;
    try (JavaProcess process =
        child("say", "it", "exit", "7")
            .environment("GREETING", "hello")
            .directory(directory)
            .start()) {
      assertThat(process.awaitExit(LIMIT)).isEqualTo(7);
      assertThat(process.stdout()).isEqualTo("said it\nhello in " + directory + "\n");
      assertThat(process.stderr()).isEqualTo("whispered it\n");
      output = process.stdoutFile();
    }
    assertThat(output).doesNotExist();
  }

  @Test
  void isKilled() {
    try (JavaProcess process = child("say", "it", "stay").start()) {
      process.awaitOutput("said it", LIMIT);
      process.kill9();
      assertThat(process.isAlive()).isFalse();
      assertThat(process.awaitExit(LIMIT)).isEqualTo(128 + 9);
    }
  }

  @Test
  void endsOnRequest() {
    try (JavaProcess process = child("say", "it", "stay").start()) {
      process.awaitOutput("stays", LIMIT);
      process.terminate();
      assertThat(process.awaitExit(LIMIT)).isEqualTo(128 + 15);
      assertThat(process.stdout()).contains("hook ran");
    }
  }

  @Test
  void doesNothingWhileFrozen() throws Exception {
    try (JavaProcess process = child("count").start()) {
      process.awaitOutput("2\n", LIMIT);
      process.pause();
      // What was printed before the signal took effect may still be on its way.
      Thread.sleep(200);
      String before = process.stdout();
      Thread.sleep(500);
      assertThat(process.stdout()).isEqualTo(before);
      process.resume();
      int last = (int) before.lines().count();
      process.awaitOutput((last + 2) + "\n", LIMIT);
    }
  }

  @Test
  void saysWhatAProcessPrintedThatDidNotDoAsExpected() {
    try (JavaProcess process = child("say", "it", "exit", "3").start()) {
      assertThatThrownBy(() -> process.awaitOutput("ready", LIMIT))
          .isInstanceOf(ServerException.class)
          .hasMessageContaining("ended with exit code 3 without saying: ready")
          .hasMessageContaining("whispered it");
    }
    try (JavaProcess process = child("stay").start()) {
      assertThatThrownBy(() -> process.awaitExit(Duration.ofMillis(100)))
          .isInstanceOf(ServerException.class)
          .hasMessageContaining("still runs");
    }
  }

  private static JavaProcess.Builder child(String... words) {
    return JavaProcess.of(ChildMain.class).heap("32m").arguments(words);
  }
}
