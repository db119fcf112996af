package io.understudy.app.trouble;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.testkit.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mirror.yaml with mistakes: all of them at once, each with its path, and exit code 2. */
class ConfigurationTroubleIT {
  private static final String MISTAKES =
      """
      mirror: Shop!
      databases:
        north: { url: "10.0.1.5:5432/shop", user: understudy }
        south: { url: "jdbc:postgresql://10.0.2.5:5432/shop", usr: understudy, password: "${env:UNDERSTUDY_UNSET}" }
      source: east
      journal: { embedded: ./journal }
      http: { listen: "8600" }
      """;

  @Test
  void tellsAllMistakesAtOnceWithTheirPaths(@TempDir Path folder) throws Exception {
    Path yaml = folder.resolve("mirror.yaml");
    Files.writeString(yaml, MISTAKES);
    for (String command : List.of("init", "run", "status")) {
      try (JavaProcess process =
          JavaProcess.of("io.understudy.app.Main")
              .arguments(command, "-c", yaml.toString())
              .start()) {
        assertThat(process.awaitExit(Duration.ofMinutes(1))).as(process.stderr()).isEqualTo(2);
        assertThat(process.stdout()).isEmpty();
        List<String> lines = process.stderr().lines().toList();
        assertThat(lines.get(0)).startsWith("understudy: the configuration has");
        assertThat(lines.subList(1, lines.size()))
            .allMatch(line -> line.startsWith(yaml + ": "))
            .anyMatch(line -> line.contains(": mirror: "))
            .anyMatch(line -> line.contains("databases.north.url"))
            .anyMatch(line -> line.contains("databases.south.usr"))
            .anyMatch(line -> line.contains("databases.south.password"))
            .anyMatch(line -> line.contains(": source: "))
            .anyMatch(line -> line.contains("http.listen"));
      }
    }
  }
}
