package io.understudy.app;

import io.understudy.app.config.ConfigFile;
import io.understudy.app.config.MirrorConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code -c}: which {@code mirror.yaml}. */
final class ConfigOption {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "mirror.yaml",
      description = "The mirror's configuration (default: ${DEFAULT-VALUE}).")
  private Path file;

  /**
   * @throws io.understudy.app.config.ConfigException if it cannot be used
   */
  MirrorConfig load() {
    return ConfigFile.load(file, System.getenv());
  }
}
