package io.understudy.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the table of {@code docs/configuration.md} the one that {@link Key} says. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @Test
  void holdsEveryKeyAsTheCodeHasIt() throws IOException {
    String page = Files.readString(PAGE);
    String table =
        Stream.of(Key.values()).map(ConfigurationPageTest::row).collect(Collectors.joining("\n"));

    assertThat(page).as("%s must hold these lines:%n%s%n", PAGE, table).contains(table);
  }

  private static String row(Key key) {
    String fallback =
        key.required() ? "**required**" : key.fallback().map(text -> "`" + text + "`").orElse("–");
    return "| `%s` | %s | %s | %s |"
        .formatted(key.path(), key.form().title(), fallback, key.meaning());
  }
}
