package io.understudy.app.schema;

import static java.util.stream.Collectors.partitioningBy;

import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorName;
import io.understudy.journal.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a source's schema on one standby in two steps: before the rows come, all that holds or
 * describes them, in one transaction; after them, what is faster to make then or must not meddle
 * with them: keys, indexes, constraints, triggers, contents of materialized views. Owned by one
 * thread, but for what says otherwise.
 */
public final class StandbySchema {
  /** Of an archive's list: the object's numbers in the source's catalogs, and what it is. */
  private static final Pattern ENTRY = Pattern.compile("\\d+; (\\d+ \\d+) (.*)");

  /** What cannot be made a second time; all else that comes after the rows can. */
  private static final List<String> MADE_ONCE =
      List.of(
          "INDEX ",
          "CONSTRAINT ",
          "FK CONSTRAINT ",
          "CHECK CONSTRAINT ",
          "TRIGGER ",
          "RULE ",
          "POLICY ",
          "STATISTICS ",
          "EVENT TRIGGER ");

  private static final List<String> BETWEEN =
      List.of("FK CONSTRAINT ", "MATERIALIZED VIEW DATA ", "COMMENT ");

  /** Indexes of partitions that become part of their table's. */
  private static final List<String> ATTACHING = List.of("INDEX ATTACH ");

  /** What those need, and what needs none of them or other tables; foreign keys may. */
  private static final List<String> OF_ONE_TABLE = List.of("INDEX ", "CONSTRAINT ");

  /** Each index that is made sorts in so much memory, or in what the server has for it. */
  private static final long SORT_KILOBYTES = 128 << 10;

  private final ClientPrograms programs;
  private final Archive archive;
  private final Login source;
  private final Login standby;

  /** Once somebody asked: what was left out before the rows is left out behind them. */
  private Optional<Set<String>> missing = Optional.empty();

  /** What comes after the rows and was not there, and is not being made. */
  private final Set<String> left = new LinkedHashSet<>();

  private final Map<TableName, List<String>> ofTables = new HashMap<>();

  StandbySchema(
      ClientPrograms programs,
      Archive archive,
      Login source,
      MirrorName mirror,
      DatabaseSettings standby) {
    this.programs = programs;
    this.archive = archive;
    this.source = source;
    this.standby = new Login(standby, SchemaCopy.session(mirror));
  }

  /** The roles that the schema names and the server lacks: who owned, owns nothing there. */
  public Set<String> missingRoles() {
    if (missing.isEmpty()) {
      missing = Optional.of(Roles.missing(source, standby));
    }
    return missing.get();
  }

  /** Makes what comes before the rows: all or nothing. */
  public void before() throws InterruptedException {
    psql(script("pre-data"));
  }

  /**
   * Looks for what is to be made after the rows.
   *
   * @param bare whether nothing of it can be there
   * @return how many of its parts are there already
   */
  public int plan(boolean bare) throws InterruptedException {
    Set<String> made = bare ? Set.of() : made();
    Set<String> sourceRoles = Roles.all(source);
    Map<Boolean, List<String>> entries =
        archive.later().stream()
            .filter(line -> !SchemaCopy.OWN_EVENT_TRIGGER.matcher(line).find())
            .collect(
                partitioningBy(
                    line -> named(line, sourceRoles).filter(made::contains).isPresent()));
    left.addAll(entries.get(false));
    Map<String, TableName> tables = TableParts.of(source);
    for (String line : left) {
      Matcher entry = ENTRY.matcher(line);
      if (isOneOf(OF_ONE_TABLE, line) && entry.matches() && tables.containsKey(entry.group(1))) {
        ofTables.computeIfAbsent(tables.get(entry.group(1)), table -> new ArrayList<>()).add(line);
      }
    }
    return entries.get(true).size();
  }

  /**
   * Makes keys and indexes of a table that has its rows, while others still get theirs. To be
   * called by any thread, once for a table.
   *
   * @return how many
   */
  public int finish(TableName table) throws InterruptedException {
    List<String> entries = ofTables.getOrDefault(table, List.of());
    if (!entries.isEmpty()) {
      take(entries);
      make(entries, 1);
    }
    return entries.size();
  }

  private synchronized void take(List<String> entries) {
    entries.forEach(left::remove);
  }

  /**
   * Makes all that is left.
   *
   * @param jobs how many indexes and the like at the same time
   * @param oneMoment whether the rows of all tables are as they were at one moment; if not, what is
   *     between tables is left out
   * @return what was left out, as scripts to run one after the other
   */
  public List<String> finish(int jobs, boolean oneMoment) throws InterruptedException {
    Map<Boolean, List<String>> made =
        left.stream().collect(partitioningBy(line -> oneMoment || !isOneOf(BETWEEN, line)));
    Map<Boolean, List<String>> attached =
        made.get(true).stream().collect(partitioningBy(line -> isOneOf(ATTACHING, line)));
    if (attached.get(true).isEmpty()) {
      make(made.get(true), jobs);
    } else {
      Map<Boolean, List<String>> own =
          attached.get(false).stream().collect(partitioningBy(line -> isOneOf(OF_ONE_TABLE, line)));
      make(own.get(true), jobs);
      // Each of these locks several tables: at the same time, two of them may wait for each other.
      make(attached.get(true), 1);
      make(own.get(false), jobs);
    }
    if (!missingRoles().isEmpty()) {
      psql(Script.owners(script("post-data"), SchemaCopy.OWN_EVENT_TRIGGER));
    }
    List<String> leftOut = made.get(false);
    return leftOut.isEmpty() ? List.of() : Script.sections(archive.script(leftOut));
  }

  private void make(List<String> entries, int jobs) throws InterruptedException {
    archive.make(entries, jobs, missingRoles().isEmpty(), standby.database(), quick());
  }

  /**
   * Commits do not wait for the disk: the one that completes the copy does, and with it the log is
   * there up to that place; a server that crashes before lacks what is made once more then.
   */
  private Map<String, String> quick() {
    Map<String, String> environment = new HashMap<>(standby.environment());
    environment.merge(
        "PGOPTIONS",
        " -c synchronous_commit=off -c maintenance_work_mem="
            + Math.max(SORT_KILOBYTES, standby.maintenanceKilobytes()),
        String::concat);
    return environment;
  }

  private Set<String> made() throws InterruptedException {
    try (Archive there = Archive.dump(programs, standby, List.of("--section=post-data"))) {
      Set<String> made = new HashSet<>();
      Set<String> standbyRoles = Roles.all(standby);
      for (String line : there.later()) {
        named(line, standbyRoles).ifPresent(made::add);
      }
      return made;
    }
  }

  private static boolean isOneOf(List<String> kinds, String line) {
    Matcher entry = ENTRY.matcher(line);
    return entry.matches() && kinds.stream().anyMatch(entry.group(2)::startsWith);
  }

  /** Kind and name of what can be made only once; a line ends with its owner. */
  private static Optional<String> named(String line, Set<String> roles) {
    Matcher entry = ENTRY.matcher(line);
    if (!entry.matches() || MADE_ONCE.stream().noneMatch(entry.group(2)::startsWith)) {
      return Optional.empty();
    }
    String text = entry.group(2);
    return roles.stream()
        .filter(role -> text.endsWith(" " + role))
        .max((a, b) -> Integer.compare(a.length(), b.length()))
        .map(owner -> text.substring(0, text.length() - owner.length() - 1));
  }

  private String script(String section) throws InterruptedException {
    return Script.without(missingRoles(), archive.script(section));
  }

  private void psql(String script) throws InterruptedException {
    Path file = Archive.temporary("script");
    try {
      Files.writeString(file, script);
      new Program(
              List.of(
                  programs.path("psql"),
                  "--no-psqlrc",
                  "--quiet",
                  "--single-transaction",
                  "--set=ON_ERROR_STOP=1",
                  "--output=/dev/null",
                  "--file=" + file),
              standby.environment())
          .run();
    } catch (IOException e) {
      throw Archive.unwritable(file, e);
    } finally {
      Archive.delete(file);
    }
  }
}
