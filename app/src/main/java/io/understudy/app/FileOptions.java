package io.understudy.app;

import io.understudy.app.config.ConfigSchema;
import io.understudy.app.config.SampleFile;
import io.understudy.journal.UrlForm;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code init} that print something to begin with, and do nothing else. */
final class FileOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--sample",
      paramLabel = "ENGINE",
      arity = "0..1",
      fallbackValue = "postgresql",
      description = {
        "Only print a mirror.yaml with every key, its meaning and default, for databases of",
        "ENGINE: postgresql (if none is named), mysql or mariadb."
      })
  private String sample;

  @Option(
      names = "--schema",
      description = "Only print the JSON Schema of mirror.yaml, with which editors help.")
  private boolean schema;

  /** Ends with a line break; empty if neither was asked for. */
  Optional<String> text() {
    if (schema) {
      return Optional.of(ConfigSchema.text());
    }
    return Optional.ofNullable(sample).map(this::form).map(SampleFile::of);
  }

  private UrlForm form(String engine) {
    return UrlForm.all().stream()
        .filter(form -> form.engine().equalsIgnoreCase(engine))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--sample: '"
                        + engine
                        + "' is none of "
                        + UrlForm.all().stream()
                            .map(form -> form.engine().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))));
  }
}
