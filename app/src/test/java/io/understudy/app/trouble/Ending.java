package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * How a command ended: its exit code, and what an operator reads on stderr at three in the night.
 */
record Ending(int code, String stdout, String stderr) {
  private static final String MESSAGE = "understudy: ";
  private static final String REMEDY = "  remedy: ";

  /** Lines on the way that are fine: states that changed. Anything more is noise. */
  private static final int MOST_LOG_LINES = 20;

  /** One message, at the end, with this code; nothing before it that would mislead. */
  Ending requireClear(int expected) {
    assertThat(code).as("exit code; said:%n%s", stderr).isEqualTo(expected);
    List<String> lines = stderr.lines().toList();
    assertThat(lines.stream().filter(line -> line.startsWith(MESSAGE)))
        .as("messages in:%n%s", stderr)
        .hasSize(1);
    assertThat(lines.stream().filter(line -> line.startsWith(REMEDY)))
        .as("remedies in:%n%s", stderr)
        .hasSize(1);
    assertThat(lines.get(lines.size() - 1)).as(stderr).startsWith(REMEDY);
    assertThat(stderr)
        .as("no stack trace, no error of a library")
        .doesNotContain("\tat ")
        .doesNotContain(" ERROR ")
        .doesNotContain("Caused by");
    assertThat(log()).as("log lines before the message").hasSizeLessThanOrEqualTo(MOST_LOG_LINES);
    assertThat(log()).allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT.*"));
    return this;
  }

  /** What is said, where, and why, without the remedy. */
  String message() {
    int begin = stderr.lastIndexOf(MESSAGE);
    return stderr.substring(begin + MESSAGE.length(), stderr.lastIndexOf(REMEDY)).strip();
  }

  String remedy() {
    return stderr.substring(stderr.lastIndexOf(REMEDY) + REMEDY.length()).strip();
  }

  Ending says(String... parts) {
    assertThat(message()).contains(parts);
    return this;
  }

  Ending advises(String... parts) {
    assertThat(remedy()).contains(parts);
    return this;
  }

  private List<String> log() {
    return stderr.lines().takeWhile(line -> !line.startsWith(MESSAGE)).toList();
  }
}
