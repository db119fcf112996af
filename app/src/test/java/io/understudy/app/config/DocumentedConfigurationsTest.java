package io.understudy.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.DatabaseName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents tell people to write is what this version reads. */
class DocumentedConfigurationsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern YAML = Pattern.compile("```yaml\\n(mirror:.*?)```", Pattern.DOTALL);
  private static final Pattern LIMIT = Pattern.compile("\\| `([a-z.-]+)` \\| `([^`]+)` \\|.*");

  @Test
  void theExampleOfTheFirstPageIsAccepted(@TempDir Path secrets) throws IOException {
    Matcher yaml = YAML.matcher(Files.readString(ROOT.resolve("README.md")));
    assertThat(yaml.find()).isTrue();
    Files.writeString(secrets.resolve("south"), "s\n");

    MirrorConfig config =
        ConfigFile.parse(
            "README.md",
            yaml.group(1).replace("/run/secrets", secrets.toString()),
            ROOT,
            Map.of("NORTH_PASSWORD", "n"));

    assertThat(config.database(new DatabaseName("north")).password()).isEqualTo("n");
    assertThat(config.database(new DatabaseName("south")).password()).isEqualTo("s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mirror.yaml", "mirror.mysql.yaml", "mirror.mariadb.yaml"})
  void theFilesOfTheContainersAreAccepted(String file) {
    MirrorConfig config =
        ConfigFile.load(ROOT.resolve("compose").resolve(file), Map.of("UNDERSTUDY_PASSWORD", "u"));

    assertThat(config.standbys(config.source())).containsExactly(new DatabaseName("south"));
  }

  @Test
  void theLimitsOfTheArchitecturePageHaveTheirDefaults() throws IOException {
    List<Matcher> limits;
    try (Stream<String> lines = Files.lines(ROOT.resolve("ARCHITECTURE.md"))) {
      limits = lines.map(LIMIT::matcher).filter(Matcher::matches).toList();
    }

    assertThat(limits).isNotEmpty();
    assertThat(limits)
        .allSatisfy(
            limit ->
                assertThat(Stream.of(Key.values()).filter(key -> key.path().equals(limit.group(1))))
                    .extracting(Key::fallback)
                    .containsExactly(Optional.of(limit.group(2))));
  }
}
