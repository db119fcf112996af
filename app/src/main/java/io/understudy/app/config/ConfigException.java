package io.understudy.app.config;

import java.util.List;
import java.util.stream.Collectors;

/** A {@code mirror.yaml} that cannot be used, with everything that is wrong with it at once. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final String file;
  private final transient List<Problem> problems;

  ConfigException(String file, List<Problem> problems) {
    super(problems.stream().map(p -> file + ": " + p).collect(Collectors.joining("\n")));
    this.file = file;
    this.problems = List.copyOf(problems);
  }

  public String file() {
    return file;
  }

  public List<Problem> problems() {
    return problems;
  }
}
