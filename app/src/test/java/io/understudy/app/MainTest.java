package io.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.MirrorException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What the command line says, and with what code it ends, short of touching any server. */
class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine line =
      Main.commandLine(new StopSignal(), new PrintWriter(out), new PrintWriter(err));

  @Test
  void everyCommandHasADescriptionAndAnExample() {
    List<String> commands =
        List.of(
            "check",
            "demo",
            "init",
            "run",
            "status",
            "verify",
            "switchover",
            "promote",
            "rejoin",
            "failover",
            "events",
            "journal",
            "pause",
            "resume");
    assertThat(line.getSubcommands().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(commands.stream(), Stream.of("help")).toList());
    for (String name : commands) {
      assertThat(line.getSubcommands().get(name).getUsageMessage())
          .contains("Example", "understudy " + name);
    }
  }

  @Test
  void printsItsVersion() {
    assertThat(line.execute("--version")).isZero();
    assertThat(out.toString()).startsWith("understudy ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "frobnicate",
        "status --colour",
        "promote",
        "switchover",
        "switchover --to south --cancel",
        "rejoin",
        "failover",
        "run --role writer",
        "verify --max-load 0",
        "verify --table orders"
      })
  void endsWithTwoAndPointsAtTheHelpWhenUsedWrongly(String arguments) {
    assertThat(line.execute(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
        .isEqualTo(2);
    assertThat(err.toString()).startsWith("understudy: ").contains("--help");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"init", "run", "status", "promote --to south"})
  void endsWithTwoAndNamesEveryMistakeOfTheConfiguration(String command, @TempDir Path folder)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("mirror.yaml"),
            """
            mirror: Shop
            databases:
              north: { url: "postgres://a/shop", user: understudy }
              south: { url: "jdbc:postgresql://b/shop", usr: understudy, user: u }
            source: nort
            journal: {}
            """);

    assertThat(line.execute((command + " -c " + file).split(" "))).isEqualTo(2);
    assertThat(err.toString().lines())
        .hasSize(6)
        .first()
        .isEqualTo("understudy: the configuration has 5 mistakes");
    assertThat(err.toString()).contains(file + ": source: 'nort' is none of the databases");
  }

  @Test
  void saysWhatToWriteWhenThereIsNoConfiguration(@TempDir Path folder) {
    assertThat(line.execute("status", "-c", folder.resolve("mirror.yaml").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("there is no such file", "databases:", "journal:");
  }

  @Test
  void tellsFailuresApartByTheExitCode() {
    assertThat(failing(new MirrorException.Operator("no", "do it"))).isEqualTo(1);
    assertThat(err.toString()).isEqualTo("understudy: no%n  remedy: do it%n".formatted());
    assertThat(failing(new MirrorException.Refused("not safe", "--force"))).isEqualTo(5);
    assertThat(failing(new MirrorException.Transient("away", null))).isEqualTo(1);
    assertThat(failing(new IllegalStateException("bug"))).isEqualTo(1);
    assertThat(err.toString()).contains("internal error");
  }

  private int failing(RuntimeException failure) {
    Callable<Integer> command =
        () -> {
          throw failure;
        };
    line.addSubcommand(
        "fail" + line.getSubcommands().size(), CommandSpec.wrapWithoutInspection(command));
    line.setErr(new PrintWriter(err)).setExecutionExceptionHandler(new FailureReport());
    return line.execute("fail" + (line.getSubcommands().size() - 1));
  }
}
