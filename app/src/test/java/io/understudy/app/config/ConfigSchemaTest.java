package io.understudy.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema is that of the code, and takes and refuses what the program does. */
class ConfigSchemaTest {
  private static final Path ROOT = Path.of("..");
  private static final Path FILE = ROOT.resolve("docs").resolve("mirror.schema.json");
  private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
  private static final Map<String, String> ENVIRONMENT =
      Map.of("NORTH_PASSWORD", "n", "SOUTH_PASSWORD", "s", "ANY", "1");

  private static final String GOOD =
      """
      mirror: shop
      databases:
        north: { url: "jdbc:postgresql://a/shop", user: u, password: 0123 }
        south: { url: "jdbc:postgresql://b/shop", user: u }
      source: north
      journal: { bootstrap-servers: "k1:9092" }
      """;

  @Test
  void theFileOfTheDocumentsIsWhatTheCodeGenerates() throws IOException {
    assertThat(Files.readString(FILE))
        .as("written by: understudy init --schema > docs/mirror.schema.json")
        .isEqualTo(ConfigSchema.text());
  }

  static Stream<String> documented() throws IOException {
    List<String> pages =
        List.of("README.md", "docs/configuration.md", "docs/mysql.md", "docs/schema-changes.md");
    Stream.Builder<String> texts = Stream.builder();
    for (String page : pages) {
      String text = Files.readString(ROOT.resolve(page));
      for (MatchResult found : YAML.matcher(text).results().toList()) {
        texts.add(completed(found.group(1)));
      }
    }
    for (String file : List.of("mirror.yaml", "mirror.mysql.yaml", "mirror.mariadb.yaml")) {
      texts.add(Files.readString(ROOT.resolve("compose").resolve(file)));
    }
    return texts.add(GOOD).add(ConfigFile.EXAMPLE).build();
  }

  /** Documents show a part where the rest is plain. */
  private static String completed(String part) {
    StringBuilder whole = new StringBuilder(part);
    for (String line : GOOD.split("\\n(?! )", -1)) {
      String key = line.substring(0, line.indexOf(':') + 1);
      if (part.lines().noneMatch(written -> written.startsWith(key))) {
        whole.append(line.endsWith("\n") ? line : line + "\n");
      }
    }
    return whole.toString();
  }

  @ParameterizedTest
  @MethodSource("documented")
  void takesEveryConfigurationOfTheDocuments(String yaml) {
    assertThat(mistakes(yaml)).as(yaml).isEmpty();
  }

  @Test
  void findsTheConfigurationsOfTheDocuments() throws IOException {
    assertThat(documented().filter(yaml -> yaml.startsWith("mirror: shop"))).hasSizeGreaterThan(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sources: north\n",
        "reader: { hartbeat: 1s }\n",
        "reader: { heartbeat: 1 second }\n",
        "reader: { heartbeat: 5 }\n",
        "reader: { max-batch-changes: many }\n",
        "reader: { max-batch-changes: 0 }\n",
        "reader: { max-batch-bytes: 16MB }\n",
        "reader: 1s\n",
        "ddl: aply\n",
        "failover: { mode: automatically }\n",
        "tables: public.*\n",
        "tables: { include: public.* }\n",
        "tables: { include: [orders] }\n",
        "tables: { exclude: [{ schema: public }] }\n",
        "retry: { initial: { seconds: 1 } }\n",
        "http: { listen: [8600] }\n",
        "init: { pg_dump: /usr/bin/pg_dump }\n"
      })
  void refusesWhatTheProgramRefuses(String mistake) {
    refusedByBoth(GOOD + mistake);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mirror: shop|mirror: Shop",
        "mirror: shop\n|",
        "source: north\n|",
        "journal: { bootstrap-servers: \"k1:9092\" }\n|",
        "bootstrap-servers: \"k1:9092\"|retention: 7d",
        "bootstrap-servers: \"k1:9092\"|bootstrap-servers: \"k1:9092\", embedded: ./j",
        "bootstrap-servers: \"k1:9092\"|bootstrap-servers: \"k1:9092\", client: [a]",
        "jdbc:postgresql://a|postgres://a",
        "user: u, password|usr: u, password",
        "user: u, password|password",
        "user: u, password|user: u, reader: debezum, password",
        "user: u, password|user: u, properties: ssl, password",
        "  north|  north/east",
        "  south: { url: \"jdbc:postgresql://b/shop\", user: u }\n|"
      })
  void refusesWhatTheProgramRefusesElsewhere(String mistake) {
    String[] change = mistake.split("\\|", -1);
    assertThat(GOOD).contains(change[0]);
    refusedByBoth(GOOD.replace(change[0], change[1]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reader: { heartbeat: \"${env:ANY}s\", max-batch-changes: \"${env:ANY}\" }\n",
        "reader:\n",
        "reader: { heartbeat: , max-batch-changes: }\n",
        "reader: { max-batch-changes: \"100\" }\n",
        "reader: { heartbeat: ' 5 m ' }\n",
        "http: { listen: off }\n",
        "tables:\n  exclude:\n"
      })
  void takesWhatTheProgramTakes(String unusual) {
    assertThatCode(() -> parse(GOOD + unusual)).doesNotThrowAnyException();
    assertThat(mistakes(GOOD + unusual)).isEmpty();
  }

  private static void refusedByBoth(String yaml) {
    assertThatThrownBy(() -> parse(yaml)).isInstanceOf(ConfigException.class);
    assertThat(mistakes(yaml)).as(yaml).isNotEmpty();
  }

  private static void parse(String yaml) {
    ConfigFile.parse("mirror.yaml", yaml, ROOT, ENVIRONMENT);
  }

  private static List<String> mistakes(String yaml) {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
            .getSchema(ConfigSchema.text());
    return schema.validate(yaml, InputFormat.YAML).stream().map(Object::toString).toList();
  }
}
