package io.understudy.app.check;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.connectors.Unmirrored;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.DatabaseProfile;
import io.understudy.journal.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at the source, at each standby, at what of them has to fit, and at the journal. */
public final class Check {
  private final MirrorConfig config;
  private final Map<String, String> environment;

  /**
   * @param environment where {@code pg_dump} is looked for
   */
  public Check(MirrorConfig config, Map<String, String> environment) {
    this.config = config;
    this.environment = environment;
  }

  /** All that was found, in the order of the ways that data go. */
  public List<Finding> run() throws InterruptedException {
    Findings journal = new Findings("journal");
    Standing standing = new JournalCheck(config, journal).look();
    DatabaseName sourceName = standing.source();
    List<Finding> found = new ArrayList<>();
    Findings atSource = new Findings(sourceName.value());
    try (Source source = Databases.source(config, sourceName)) {
      Optional<DatabaseProfile> profile = source(source, atSource);
      List<Relation> tables = atSource.look(source::tables).orElse(List.of());
      if (profile.isPresent() && source.logChange().isPresent()) {
        try (Standby later = Databases.standby(config, sourceName)) {
          SwitchoverCheck.source(later, tables, atSource);
        }
      }
      found.addAll(atSource.found());
      for (DatabaseName name : config.standbys(sourceName)) {
        Findings atStandby = new Findings(name.value());
        try (Standby standby = Databases.standby(config, name)) {
          new StandbyCheck(config, sourceName, source, profile, tables, environment)
              .look(name, standby, standing.made(), atStandby);
        }
        found.addAll(atStandby.found());
      }
    }
    found.addAll(journal.found());
    return found;
  }

  private static Optional<DatabaseProfile> source(Source source, Findings findings)
      throws InterruptedException {
    Optional<DatabaseProfile> profile = findings.look(source::profile).flatMap(it -> it);
    profile.ifPresent(it -> Sides.clock(it, findings));
    profile.ifPresent(it -> Sides.cautions(it, findings));
    findings.look(source::obstacles).orElse(List.of()).forEach(findings::obstacle);
    findings.look(source::cautions).orElse(List.of()).forEach(findings::warning);
    for (Unmirrored left : findings.look(source::unmirrored).orElse(List.of())) {
      findings.warning(
          left.objects() + ": not mirrored", left.consequence(), left.remedy(), left.statement());
    }
    return profile;
  }

  /**
   * What the journal knows.
   *
   * @param source the source, which the configuration names before there is a journal
   * @param made whether the mirror was made: standbys hold rows then
   */
  record Standing(DatabaseName source, boolean made) {}
}
