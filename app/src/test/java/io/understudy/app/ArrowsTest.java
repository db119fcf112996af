package io.understudy.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** The modules know each other in one direction only. */
@AnalyzeClasses(packages = "io.understudy", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  private static final String JOURNAL = "io.understudy.journal..";
  private static final String CONNECTORS = "io.understudy.connectors..";
  private static final String APPLIER = "io.understudy.applier..";
  private static final String FAILOVER = "io.understudy.failover..";
  private static final String TESTKIT = "io.understudy.testkit..";
  private static final String APP = "io.understudy.app..";

  /** Drives PostgreSQL's own programs, and so knows how that engine is reached. */
  private static final String SCHEMA = "io.understudy.app.schema..";

  private static final String DEMO = "io.understudy.app.demo..";
  private static final String DEBEZIUM = "io.understudy.connectors.debezium..";

  @ArchTest static final ArchRule journalSeesNobody = sees(JOURNAL);

  @ArchTest static final ArchRule connectorsSeeTheJournal = sees(CONNECTORS, JOURNAL);

  @ArchTest static final ArchRule applierSeesTheJournal = sees(APPLIER, JOURNAL);

  @ArchTest static final ArchRule failoverSeesTheJournal = sees(FAILOVER, JOURNAL);

  @ArchTest static final ArchRule testkitSeesTheJournal = sees(TESTKIT, JOURNAL);

  @ArchTest
  static final ArchRule onlyTheDemoSeesTheTestkit =
      noClasses()
          .that(not(resideInAnyPackage(DEMO, TESTKIT)))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(TESTKIT);

  @ArchTest
  static final ArchRule onePackageSeesDebezium =
      noClasses()
          .that(not(resideInAPackage(DEBEZIUM)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.debezium..", "org.apache.kafka.connect..");

  @ArchTest
  static final ArchRule onePackageSeesTheBinlogClient =
      noClasses()
          .that(not(resideInAPackage("io.understudy.connectors.binlog..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.github.shyiko..");

  @ArchTest
  static final ArchRule onlyTheJournalSpeaksKafka =
      noClasses()
          .that(not(resideInAnyPackage(JOURNAL, TESTKIT, DEBEZIUM)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "kafka..");

  @ArchTest
  static final ArchRule packagesOfAnEngineStayBehindTheirPorts =
      noClasses()
          .that(resideInAPackage(APP).and(not(resideInAnyPackage(DEMO, SCHEMA))))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.understudy..postgres..",
              "io.understudy..mysql..",
              "io.understudy..debezium..",
              "io.understudy..pgoutput..",
              "io.understudy..slot..",
              "io.understudy..binlog..",
              "org.postgresql..",
              "org.mariadb..");

  @ArchTest
  static final ArchRule packagesOfTheAppKnowEachOtherInOneDirection =
      slices().matching("io.understudy.app.(*)..").should().beFreeOfCycles();

  /** A check that looks at nothing would find nothing. */
  @ArchTest
  static void looksAtEveryModule(JavaClasses classes) {
    for (String module : List.of("journal", "connectors", "applier", "failover", "app")) {
      assertThat(classes)
          .as(module)
          .anyMatch(type -> type.getPackageName().startsWith("io.understudy." + module));
    }
  }

  private static ArchRule sees(String module, String... others) {
    DescribedPredicate<JavaClass> ours = resideInAPackage("io.understudy..");
    DescribedPredicate<JavaClass> itself = resideInAPackage(module);
    return classes()
        .that(itself)
        .should()
        .onlyDependOnClassesThat(not(ours).or(itself).or(resideInAnyPackage(others)))
        .allowEmptyShould(true);
  }
}
