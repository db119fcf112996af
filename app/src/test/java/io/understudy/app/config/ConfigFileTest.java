package io.understudy.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.understudy.connectors.LogReader;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.TableName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigFileTest {
  private static final Path FOLDER = Path.of("/etc/understudy");
  private static final Map<String, String> ENVIRONMENT =
      Map.of("NORTH_PASSWORD", "canary-north", "SOUTH_PASSWORD", "canary-south", "PORT", "8700");

  private static final String GOOD =
      """
      mirror: shop
      databases:
        north: { url: "jdbc:postgresql://10.0.1.5:5432/shop", user: understudy, password: "${env:NORTH_PASSWORD}" }
        south: { url: "jdbc:postgresql://10.0.2.5:5432/shop", user: understudy, password: "${env:SOUTH_PASSWORD}" }
      source: north
      journal: { bootstrap-servers: "k1:9092, k2:9092" }
      """;

  @Test
  void readsTheExampleAndFillsTheDefaultsIn() {
    MirrorConfig config = read(GOOD);

    assertThat(config.mirror().value()).isEqualTo("shop");
    assertThat(config.source()).isEqualTo(north());
    assertThat(config.databases().keySet())
        .extracting(DatabaseName::value)
        .containsExactly("north", "south");
    assertThat(config.database(north()).password()).isEqualTo("canary-north");
    assertThat(config.journal().brokers())
        .isEqualTo(new JournalSettings.Cluster("k1:9092,k2:9092", Map.of()));
    assertThat(config.journal().pieceBytes()).isEqualTo(512 * 1024);
    assertThat(config.journal().retention()).isEqualTo(Duration.ofDays(7));
    assertThat(config.reader().heartbeat()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.listen()).isEqualTo(Optional.of(new ListenAddress("127.0.0.1", 8600)));
    assertThat(config.standbys(north())).extracting(DatabaseName::value).containsExactly("south");
  }

  @Test
  void readsWhatTheMessagesOfferAsAnExample() {
    MirrorConfig config = read(ConfigFile.EXAMPLE);

    assertThat(config.journal().brokers())
        .isEqualTo(new JournalSettings.Embedded(Path.of("/etc/understudy/journal")));
    assertThat(config.journal().replicationFactor()).isEqualTo(1);
  }

  @Test
  void readsEveryKey() {
    MirrorConfig config =
        read(
            """
            mirror: shop
            databases:
              north: { url: "jdbc:postgresql://a/shop", user: u, properties: { sslmode: verify-full }, reader: debezium }
              south: { url: "jdbc:postgresql://b/shop", user: u, password: 0123 }
            source: north
            journal:
              bootstrap-servers: k1:9092
              client: { security.protocol: SASL_SSL, sasl.jaas.config: "x" }
              replication-factor: 2
              retention: 30d
              piece-bytes: 256KiB
            tables: { include: ["public.*", "sales.*"], exclude: ["public.tmp_*"] }
            reader: { heartbeat: 500ms, max-batch-changes: 100, max-batch-bytes: 1MiB, bite-behind: 32MiB }
            applier: { max-group-changes: 50, max-group-bytes: 2MiB, max-group-time: 250ms }
            retry: { initial: 1s, max: 1m }
            failover: { mode: manual }
            http: { listen: "[::1]:${env:PORT}" }
            """);

    assertThat(config.database(new DatabaseName("south")).password()).isEqualTo("0123");
    assertThat(config.database(north()).properties()).containsEntry("sslmode", "verify-full");
    assertThat(config.journal())
        .isEqualTo(
            new JournalSettings(
                new JournalSettings.Cluster(
                    "k1:9092", Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", "x")),
                2,
                Duration.ofDays(30),
                256 * 1024));
    assertThat(config.tables().matches(new TableName("sales", "orders"))).isTrue();
    assertThat(config.tables().matches(new TableName("public", "tmp_1"))).isFalse();
    assertThat(config.reader())
        .isEqualTo(new ReaderSettings(Duration.ofMillis(500), 100, 1 << 20, 32 << 20));
    assertThat(config.readers())
        .isEqualTo(
            Map.of(north(), LogReader.DEBEZIUM, new DatabaseName("south"), LogReader.NATIVE));
    assertThat(config.applier())
        .isEqualTo(new ApplierSettings(50, 2 << 20, Duration.ofMillis(250)));
    assertThat(config.retry())
        .isEqualTo(new RetrySettings(Duration.ofSeconds(1), Duration.ofMinutes(1)));
    assertThat(config.listen()).isEqualTo(Optional.of(new ListenAddress("::1", 8700)));
  }

  @Test
  void reportsFiveMistakesAtOnceEachWithItsPathAndRemedy() {
    List<Problem> problems =
        problems(
            """
            mirror: Shop
            databases:
              north: { url: "postgres://10.0.1.5/shop", user: understudy }
              south: { url: "jdbc:postgresql://10.0.2.5/shop", usr: understudy }
            source: nort
            journal: { embedded: ./journal, bootstrap-servers: "k1:9092" }
            reader: { heartbeat: 1 second }
            """);

    assertThat(problems)
        .extracting(Problem::path)
        .containsExactlyInAnyOrder(
            "mirror",
            "databases.north.url",
            "databases.south.usr",
            "databases.south.user",
            "source",
            "journal",
            "reader.heartbeat");
    assertThat(problems).allSatisfy(problem -> assertThat(problem.remedy()).isNotBlank());
    assertThat(problems)
        .extracting(Problem::toString)
        .contains(
            "databases.south.usr: is not a key of mirror.yaml (did you mean 'user'?)",
            "source: 'nort' is none of the databases (did you mean 'north'?)",
            "databases.north.url: is no JDBC URL of an engine at hand (write "
                + "jdbc:postgresql://HOST:PORT/DATABASE, jdbc:mysql://HOST:PORT/DATABASE or "
                + "jdbc:mariadb://HOST:PORT/DATABASE)");
  }

  @Test
  void namesTheFileInEveryLine() {
    assertThatThrownBy(() -> read("mirror: [shop]\n"))
        .isInstanceOf(ConfigException.class)
        .message()
        .satisfies(
            text -> assertThat(text.lines()).allMatch(line -> line.startsWith("mirror.yaml: ")))
        .satisfies(
            text -> assertThat(text).contains("mirror.yaml: mirror: must be a text and is a list"));
  }

  @Test
  void refusesKeysThatStandTwice() {
    assertThat(problems(GOOD + "source: south\n"))
        .containsExactly(
            new Problem("source", "stands there a second time, on line 7", "keep one of them"));
  }

  @Test
  void pointsAtTheKeyThatIsMeantInAnotherSection() {
    assertThat(problems(GOOD + "heartbeat: 1s\n"))
        .extracting(Problem::remedy)
        .containsExactly("did you mean reader.heartbeat?");
  }

  @Test
  void saysWhereTheYamlIsBroken() {
    assertThat(problems("mirror: shop\ndatabases: { north: [\nsource: \"canary-north\n"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.message()).contains("not YAML at line ");
              assertThat(problem.toString()).doesNotContain("canary");
            });
  }

  @Test
  void refusesAnEmptyFileWithAnExample() {
    for (String empty : List.of("", "# nothing yet\n", "---\n", "just text\n", "[a, b]\n")) {
      assertThat(problems(empty))
          .singleElement()
          .satisfies(problem -> assertThat(problem.remedy()).contains("databases:"));
    }
  }

  @Test
  void refusesAliasesAndFurtherDocuments() {
    assertThat(problems(GOOD.replace("user: understudy,", "user: *who,")))
        .extracting(Problem::message)
        .contains("is an alias");
    assertThat(problems(GOOD + "---\nmirror: other\n"))
        .extracting(Problem::message)
        .containsExactly("holds more than one document");
  }

  @Test
  void refusesTheSameDatabaseTwice() {
    assertThat(problems(GOOD.replace("10.0.2.5:5432/shop", "10.0.1.5/shop?sslmode=disable")))
        .extracting(Problem::toString)
        .containsExactly(
            "databases.south.url: is the same database as databases.north"
                + " (a standby is another database than its source; correct one of the two)");
  }

  @Test
  void refusesDatabasesOfTwoEngines() {
    assertThat(problems(GOOD.replace("jdbc:postgresql://10.0.2.5:5432", "jdbc:mysql://10.0.2.5")))
        .extracting(Problem::toString)
        .containsExactly(
            "databases.south.url: is one of MySQL, and databases.north one of PostgreSQL"
                + " (all databases of a mirror are of one engine; correct one of the two)");
  }

  @Test
  void knowsTheUsualPortOfEachEngine() {
    String mysql = GOOD.replace("jdbc:postgresql:", "jdbc:mysql:").replace(":5432/", ":3306/");
    assertThat(read(mysql).databases()).hasSize(2);
    assertThat(problems(mysql.replace("10.0.2.5:3306", "10.0.1.5")))
        .extracting(Problem::message)
        .containsExactly("is the same database as databases.north");
  }

  @Test
  void refusesReadersThatThereAreNot() {
    assertThat(
            problems(
                """
                mirror: shop
                databases:
                  north: { url: "jdbc:postgresql://a/shop", user: u, reader: debezum }
                  south: { url: "jdbc:postgresql://b/shop", user: u }
                source: north
                journal: { embedded: ./journal }
                """))
        .containsExactly(
            new Problem(
                "databases.north.reader", "'debezum' is no reader", "did you mean 'debezium'?"));
    assertThat(
            problems(
                """
                mirror: shop
                databases:
                  north: { url: "jdbc:mariadb://a/shop", user: u, reader: native }
                  south: { url: "jdbc:mariadb://b/shop", user: u }
                source: north
                journal: { embedded: ./journal }
                """))
        .extracting(Problem::toString)
        .containsExactly(
            "databases.north.reader: is only for PostgreSQL, this database is one of MariaDB (leave it out)");
  }

  @Test
  void refusesAMirrorOfOneDatabase() {
    assertThat(problems(GOOD.lines().filter(line -> !line.contains("south")).toList()))
        .extracting(Problem::message)
        .containsExactly("a mirror needs a source and at least one standby");
  }

  @Test
  void refusesAJournalWithNeitherKindOfBroker() {
    assertThat(problems(GOOD.replace("bootstrap-servers: \"k1:9092, k2:9092\"", "retention: 1d")))
        .extracting(Problem::message)
        .containsExactly("has neither bootstrap-servers nor embedded");
  }

  @Test
  void refusesClientSettingsThatExactlyOnceRestsOn() {
    assertThat(problems(GOOD.replace("9092\" }", "9092\", client: { acks: \"1\" } }")))
        .extracting(Problem::path)
        .containsExactly("journal.client.acks");
  }

  @Test
  void reportsOnlyTheShapeOfAGroupThatIsNone() {
    assertThat(
            problems(
                GOOD.lines().map(l -> l.startsWith("journal") ? "journal: k1:9092" : l).toList()))
        .extracting(Problem::message)
        .containsExactly("must be a group of keys and is a single value");
  }

  @Test
  void readsWhatAutomaticFailoverNeeds() {
    FailoverSettings settings =
        read(GOOD
                + """
                    failover:
                      mode: automatic
                      detect-window: 8s
                      max-verify-age: 7d
                      min-observers: 3
                      fence-command: /etc/understudy/fence.sh --now
                      fence-required: false
                      hooks: { after: /etc/understudy/after.sh }
                    """)
            .failover();

    assertThat(settings)
        .isEqualTo(
            new FailoverSettings(
                FailoverSettings.Mode.AUTOMATIC,
                Duration.ofSeconds(8),
                Duration.ofSeconds(1),
                3,
                Duration.ofSeconds(10),
                Optional.of(Duration.ofDays(7)),
                Duration.ofMinutes(1),
                Optional.of("/etc/understudy/fence.sh --now"),
                false,
                Optional.empty(),
                Optional.of("/etc/understudy/after.sh"),
                Duration.ofSeconds(30)));
    assertThat(read(GOOD).failover().mode()).isEqualTo(FailoverSettings.Mode.MANUAL);
    assertThat(read(GOOD).failover().maxVerifyAge()).isEmpty();
  }

  @Test
  void refusesFailoverThatCannotWork() {
    assertThat(problems(GOOD + "failover: { mode: auto, fence-required: maybe }\n"))
        .extracting(Problem::path)
        .containsExactlyInAnyOrder("failover.mode", "failover.fence-required");
    assertThat(
            problems(
                GOOD
                    + "failover: { mode: observe, probe-interval: 3s, max-lag: 1s }\n"
                    + "reader: { heartbeat: 1s }\n"))
        .extracting(Problem::path)
        .containsExactlyInAnyOrder("failover.probe-interval", "failover.max-lag");
    assertThat(problems(GOOD.replace("postgresql", "mariadb") + "failover: { mode: automatic }\n"))
        .extracting(Problem::message)
        .containsExactly("is for PostgreSQL only");
  }

  @Test
  void refusesValuesOutOfRangeAndWithWrongUnits() {
    assertThat(
            problems(
                GOOD
                    + "applier: { max-group-changes: many, max-group-bytes: 16MB }\n"
                    + "retry: { initial: 10s, max: 1s }\n"
                    + "reader: { heartbeat: 1ms }\n"
                    + "http: { listen: 8600 }\n"
                    + "tables: { include: [orders], exclude: public.x }\n"))
        .extracting(Problem::path)
        .containsExactlyInAnyOrder(
            "applier.max-group-changes",
            "applier.max-group-bytes",
            "retry.max",
            "reader.heartbeat",
            "http.listen",
            "tables.include[0]",
            "tables.exclude");
  }

  @Test
  void refusesReferencesThatLeadNowhereWithoutShowingOthers() {
    List<Problem> problems =
        problems(
            GOOD.replace("${env:NORTH_PASSWORD}", "${env:NORTH_PASSWORT}-${env:NORTH_PASSWORD}")
                .replace("${env:SOUTH_PASSWORD}", "${file:/nonexistent/south}${vault:x}${"));

    assertThat(problems)
        .extracting(Problem::message)
        .containsExactly(
            "the environment variable NORTH_PASSWORT is not set",
            "the file /nonexistent/south does not exist",
            "holds a reference of unknown kind 'vault'",
            "holds a '${' that begins no reference");
    assertThat(problems.toString()).doesNotContain("canary");
  }

  @Test
  void showsNoSecretInAnyText() {
    MirrorConfig config =
        read(
            GOOD.replace("k2:9092\"", "k2:9092\", client: { ssl.key.password: canary-key }")
                .replace("shop\", user", "shop?password=canary-url\", user"));

    assertThat(config.toString()).doesNotContain("canary").contains("ssl.key.password");
    assertThat(problems(GOOD + "retry: { initial: \"${env:NORTH_PASSWORD}\" }\n").toString())
        .doesNotContain("canary")
        .contains("what it refers to is not a duration");
  }

  @Test
  void takesAPlainDollarBraceWhenItIsWrittenTwice() {
    assertThat(read(GOOD.replace("${env:NORTH_PASSWORD}", "a$${b}$c")).database(north()).password())
        .isEqualTo("a${b}$c");
  }

  @Test
  void readsTheFileOfTheComposeDeployment() {
    MirrorConfig config =
        ConfigFile.load(
            Path.of("..", "compose", "mirror.yaml"), Map.of("UNDERSTUDY_PASSWORD", "secret"));

    assertThat(config.journal().replicationFactor()).isEqualTo(1);
  }

  @Test
  void saysThatAFileIsNotThereAndWhatToWrite() {
    assertThatThrownBy(() -> ConfigFile.load(Path.of("nowhere", "mirror.yaml"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(
            "nowhere/mirror.yaml: there is no such file", "-c FILE", "source: north");
  }

  private static DatabaseName north() {
    return new DatabaseName("north");
  }

  private static MirrorConfig read(String text) {
    return ConfigFile.parse("mirror.yaml", text, FOLDER, ENVIRONMENT);
  }

  private static List<Problem> problems(List<String> lines) {
    return problems(String.join("\n", lines) + "\n");
  }

  private static List<Problem> problems(String text) {
    return catchThrowableOfType(ConfigException.class, () -> read(text)).problems();
  }
}
