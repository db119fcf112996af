package io.understudy.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program {@code understudy}: finds the command, runs it, and ends with its exit code. */
@Command(
    name = "understudy",
    description =
        "Keeps standby databases in lockstep with a source, and promotes one when it is lost.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Results go to stdout, logs to stderr. Exit codes: 0 done, 1 failed,",
      "2 wrong usage or configuration, 3 obstacles found, 4 differences found,",
      "5 refused for safety.",
      "",
      "Example: understudy status --help"
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    StopSignal signal = StopSignal.install();
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int code = commandLine(signal, out, err).execute(args);
    out.flush();
    err.flush();
    signal.exit(code);
  }

  static CommandLine commandLine(StopSignal signal, PrintWriter out, PrintWriter err) {
    FailureReport failures = new FailureReport();
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand(new DemoCommand());
    line.addSubcommand(new CheckCommand());
    line.addSubcommand(new InitCommand());
    line.addSubcommand(new RunCommand(signal));
    line.addSubcommand(new StatusCommand(signal));
    line.addSubcommand(new VerifyCommand(signal));
    line.addSubcommand(new SwitchoverCommand(signal));
    line.addSubcommand(new PromoteCommand());
    line.addSubcommand(new RejoinCommand(signal));
    line.addSubcommand(new FailoverCommand());
    line.addSubcommand(new EventsCommand());
    line.addSubcommand(new JournalCommand());
    line.addSubcommand(new PauseCommand());
    line.addSubcommand(new ResumeCommand());
    line.addSubcommand(new CommandLine.HelpCommand());
    return line.setOut(out)
        .setErr(err)
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures);
  }

  /** Without a command there is nothing to do but say which there are. */
  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which command? " + String.join(", ", spec.subcommands().keySet()));
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "understudy "
            + Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)")
      };
    }
  }
}
