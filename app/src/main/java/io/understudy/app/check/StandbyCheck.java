package io.understudy.app.check;

import io.understudy.app.check.Finding.Severity;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.app.schema.SchemaCopy;
import io.understudy.applier.Difference;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseProfile;
import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.Relation;
import io.understudy.journal.TableRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks at one standby. */
final class StandbyCheck {
  private final MirrorConfig config;
  private final DatabaseName sourceName;
  private final Source source;
  private final Optional<DatabaseProfile> sourceProfile;
  private final List<Relation> tables;
  private final Map<String, String> environment;

  StandbyCheck(
      MirrorConfig config,
      DatabaseName sourceName,
      Source source,
      Optional<DatabaseProfile> sourceProfile,
      List<Relation> tables,
      Map<String, String> environment) {
    this.config = config;
    this.sourceName = sourceName;
    this.source = source;
    this.sourceProfile = sourceProfile;
    this.tables = tables;
    this.environment = environment;
  }

  /**
   * @param made whether this is a standby already
   */
  void look(DatabaseName name, Standby standby, boolean made, Findings findings)
      throws InterruptedException {
    Optional<Boolean> lacksSchema = findings.look(standby::lacksSchema);
    if (lacksSchema.isEmpty()) {
      return; // nothing of it can be reached
    }
    boolean ownSchema = lacksSchema.get();
    Optional<DatabaseProfile> profile = findings.look(standby::profile).flatMap(it -> it);
    profile.ifPresent(it -> Sides.clock(it, findings));
    profile.ifPresent(it -> Sides.cautions(it, findings));
    if (profile.isPresent() && sourceProfile.isPresent()) {
      Sides.compare(sourceProfile.get(), profile.get(), ownSchema, findings);
    }
    List<TableRules> rules = findings.look(source::rules).orElse(List.of());
    for (Difference difference :
        findings
            .look(() -> standby.differences(ownSchema ? List.of() : tables, rules))
            .orElse(List.of())) {
      findings.obstacle(difference, "the applier could not put there exactly what the source has");
    }
    if (ownSchema) {
      schema(name, findings);
    } else if (!made) {
      rows(standby, findings);
    }
    if (source.logChange().isPresent()) {
      try (Source later = Databases.source(config, name)) {
        SwitchoverCheck.standby(standby, later, ownSchema, findings);
      }
    }
  }

  private void rows(Standby standby, Findings findings) throws InterruptedException {
    if (findings.look(standby::copyInterrupted).orElse(true)) {
      return;
    }
    List<Relation> filled = findings.look(() -> standby.notEmpty(tables)).orElse(List.of());
    for (Relation table : filled) {
      findings.obstacle(
          new Difference(
              "table " + table.table() + " holds rows",
              "TRUNCATE it, or let init do it: understudy init --again",
              standby.emptying(filled)),
          "init does not remove what it did not copy");
    }
  }

  private void schema(DatabaseName name, Findings findings) throws InterruptedException {
    DatabaseSettings from = config.database(sourceName);
    DatabaseSettings to = config.database(name);
    findings.look(
        () -> {
          SchemaCopy.requirePrograms(from, List.of(to), config.pgDump(), environment);
          return true;
        });
    Set<String> inPolicies = findings.look(() -> SchemaCopy.rolesInPolicies(from)).orElse(Set.of());
    for (String role : findings.look(() -> SchemaCopy.missingRoles(from, to)).orElse(Set.of())) {
      String what = "role " + role + " is not on the server";
      String statement = "CREATE ROLE \"" + role.replace("\"", "\"\"") + "\"";
      if (inPolicies.contains(role)) {
        findings.add(
            Severity.OBSTACLE,
            what,
            "policies of the source name it, and cannot be made without it",
            statement);
      } else {
        findings.add(
            Severity.WARNING,
            what,
            "what it owns and may do on the source, it will not on the standby",
            statement);
      }
    }
  }
}
