package io.understudy.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.UrlForm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code init --sample} prints can be used as it is, and with every key written out. */
class SampleFileTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("NORTH_PASSWORD", "n", "SOUTH_PASSWORD", "s");

  static List<UrlForm> engines() {
    return UrlForm.all();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void isAMirrorOfTheEngine(UrlForm form) {
    MirrorConfig config = read(SampleFile.of(form));

    assertThat(config.databases()).hasSize(2);
    assertThat(config.database(config.source()).url()).startsWith(form.prefix());
    assertThat(config.database(new DatabaseName("south")).password()).isEqualTo("s");
    assertThat(mistakes(SampleFile.of(form))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void showsTheDefaultsOfAllKeysThatTheEngineKnows(UrlForm form) {
    String sample = SampleFile.of(form);
    String whole =
        sample
            .lines()
            .map(line -> line.replaceFirst("^( *)#(?! |$)", "$1"))
            .filter(line -> !line.contains("embedded:"))
            .collect(Collectors.joining("\n"));

    MirrorConfig written = read(whole);
    MirrorConfig bare = read(sample);

    assertThat(written.reader()).isEqualTo(bare.reader());
    assertThat(written.applier()).isEqualTo(bare.applier());
    assertThat(written.retry()).isEqualTo(bare.retry());
    assertThat(written.listen()).isEqualTo(bare.listen());
    assertThat(written.readers()).isEqualTo(bare.readers());
    assertThat(mistakes(whole)).isEmpty();
    for (Key key : Key.values()) {
      String name = key.segments().get(key.segments().size() - 1) + ": ";
      boolean there = whole.lines().anyMatch(line -> line.strip().startsWith(name));
      boolean foreign =
          key.meaning().startsWith("PostgreSQL") && !form.engine().equals("PostgreSQL");
      assertThat(there || key == Key.EMBEDDED).as(name).isEqualTo(!foreign);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void fitsOnAScreen(UrlForm form) {
    Stream<String> lines = SampleFile.of(form).lines();

    assertThat(lines).allMatch(line -> line.length() <= 100);
  }

  private static MirrorConfig read(String text) {
    return ConfigFile.parse("mirror.yaml", text, Path.of("/etc"), ENVIRONMENT);
  }

  private static List<String> mistakes(String yaml) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
        .getSchema(ConfigSchema.text())
        .validate(yaml, InputFormat.YAML)
        .stream()
        .map(Object::toString)
        .toList();
  }
}
