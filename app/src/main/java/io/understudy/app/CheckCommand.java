package io.understudy.app;

import io.understudy.app.check.Check;
import io.understudy.app.check.CheckJson;
import io.understudy.app.check.CheckSql;
import io.understudy.app.check.CheckText;
import io.understudy.app.check.Finding;
import io.understudy.app.config.MirrorConfig;
import io.understudy.journal.DatabaseName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code understudy check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Looks at source, standbys and journal with the accounts of the configuration, and",
      "tells all that stands in the way at once: what, why it matters, and the statement",
      "or setting that removes it. Changes nothing. Exit code 0: nothing stands in the",
      "way, though there may be warnings; 3: something does."
    },
    footer = {
      "",
      "Examples:",
      "  understudy check -c mirror.yaml",
      "  understudy check --json | jq -r '.obstacles[].fix'",
      "  understudy check --sql north | psql -h north.example.com -U postgres shop"
    })
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private Verbosity verbosity;

  @ArgGroup(exclusive = true)
  private Form form = new Form();

  private static final class Form {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
        names = "--sql",
        paramLabel = "DB",
        description =
            "Print the statements that remove what was found on this database, for a superuser to run"
                + " there: obstacles first, then warnings.")
    private String sql;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.asQuery();
    MirrorConfig loaded = config.load();
    Optional<DatabaseName> sqlOf = Optional.ofNullable(form.sql).map(DatabaseName::new);
    sqlOf.ifPresent(it -> requireKnown(loaded, it));
    List<Finding> findings = new Check(loaded, System.getenv()).run();
    spec.commandLine().getOut().println(text(loaded, sqlOf, findings));
    boolean obstacles =
        findings.stream().anyMatch(it -> it.severity() == Finding.Severity.OBSTACLE);
    return (obstacles ? ExitCode.OBSTACLES : ExitCode.DONE).number();
  }

  private String text(MirrorConfig loaded, Optional<DatabaseName> sqlOf, List<Finding> findings) {
    if (sqlOf.isPresent()) {
      return CheckSql.of(sqlOf.get(), findings);
    }
    return form.json ? CheckJson.of(loaded.mirror(), findings) : CheckText.of(findings);
  }

  private void requireKnown(MirrorConfig loaded, DatabaseName name) {
    if (!loaded.databases().containsKey(name)) {
      throw new ParameterException(
          spec.commandLine(),
          "--sql: "
              + name
              + " is no database of the mirror; there are "
              + loaded.databases().keySet());
    }
  }
}
