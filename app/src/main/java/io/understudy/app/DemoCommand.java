package io.understudy.app;

import io.understudy.app.demo.Demo;
import io.understudy.app.demo.Stage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Loses a source database, and proves that its standby has everything.",
      "Brings up two database servers and an embedded journal, runs a bank's traffic,",
      "kills the reader, the applier and the source, promotes the standby, and proves",
      "the result row by row.",
      "Exits with 0 if the last line says identical, with 4 if it does not."
    },
    footer = {"", "Examples: understudy demo", "          understudy demo --engine mysql"})
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Verbosity verbosity;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      defaultValue = "postgresql",
      description = {
        "Whose servers: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).",
        "Maven fetches those of MySQL and MariaDB at the first use."
      })
  private Stage stage;

  private static final Duration BROKER_ENDS = Duration.ofSeconds(30);
  private static final long LOOK_MILLIS = 100;

  @Option(names = "--keep", description = "Keep the demo's folder: configuration and logs.")
  private boolean keep;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    verbosity.asQuery();
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("understudy-demo");
    boolean identical = false;
    try {
      identical = new Demo(stage, folder, out).run();
    } finally {
      if (keep) {
        out.println("kept: " + folder);
      } else {
        remove(folder);
      }
    }
    return (identical ? ExitCode.DONE : ExitCode.DIFFERENCES).number();
  }

  /** The broker outlives whoever used it last by moments, and writes until it ends. */
  private static void remove(Path folder) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + BROKER_ENDS.toNanos();
    while (true) {
      try {
        removeOnce(folder);
        return;
      } catch (DirectoryNotEmptyException | NoSuchFileException | UncheckedIOException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static void removeOnce(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
