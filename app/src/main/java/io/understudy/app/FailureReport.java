package io.understudy.app;

import io.understudy.app.config.ConfigException;
import io.understudy.app.config.Problem;
import io.understudy.journal.MirrorException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Says on stderr why a command failed: one message, one remedy. A failure that nobody foresaw comes
 * with its stack trace, because it is a bug.
 */
final class FailureReport
    implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
  /** For commands that do not wait for what is away. */
  private static final String AGAIN =
      "see that it runs, that its address is right, and that it can be reached from here; then run"
          + " the command again: nothing was lost";

  private static final Logger log = LoggerFactory.getLogger(FailureReport.class);

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (failure instanceof CommandLine.ParameterException misuse) {
      return handleParseException(misuse, new String[0]);
    }
    if (failure instanceof ConfigException config) {
      report(err, config);
    } else if (failure instanceof MirrorException mirror) {
      boolean away = mirror instanceof MirrorException.Transient;
      report(err, mirror.getMessage(), away ? AGAIN : mirror.remedy());
      log.debug("cause of the failure", failure);
    } else if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      report(err, "interrupted", "");
    } else {
      report(
          err,
          "internal error: " + failure,
          "this is a bug; please report it with the stack trace below");
      log.error("internal error", failure);
    }
    err.flush();
    return ExitCode.of(failure).number();
  }

  @Override
  public int handleParseException(CommandLine.ParameterException misuse, String[] args) {
    CommandLine command = misuse.getCommandLine();
    report(
        command.getErr(),
        misuse.getMessage(),
        "see: " + command.getCommandSpec().qualifiedName() + " --help");
    CommandLine.UnmatchedArgumentException.printSuggestions(misuse, command.getErr());
    command.getErr().flush();
    return ExitCode.USAGE.number();
  }

  private static void report(PrintWriter err, ConfigException config) {
    int count = config.problems().size();
    err.println(
        "understudy: the configuration has " + (count == 1 ? "a mistake" : count + " mistakes"));
    for (Problem problem : config.problems()) {
      err.println(config.file() + ": " + problem);
    }
  }

  private static void report(PrintWriter err, String message, String remedy) {
    err.println("understudy: " + message);
    if (!remedy.isEmpty()) {
      err.println("  remedy: " + remedy);
    }
  }
}
