package io.understudy.app;

import io.understudy.failover.StateTable;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy failover}. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description = "Shows by which steps the source of a mirror changes.",
    footer = {"", "Example: understudy failover --graph > failover.mmd"})
final class FailoverCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--graph",
      required = true,
      description = "Print the states and the ways between them, as a Mermaid diagram.")
  @SuppressWarnings("unused") // there is nothing else to ask for yet
  private boolean graph;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(StateTable.mermaid());
    spec.commandLine().getOut().flush();
    return CommandLine.ExitCode.OK;
  }
}
