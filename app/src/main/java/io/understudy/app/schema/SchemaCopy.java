package io.understudy.app.schema;

import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.TableName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The schema of a source, dumped once, to be made on standbys. */
public final class SchemaCopy implements AutoCloseable {
  /** Of ours on the source, in an archive's list and in its statements. */
  static final Pattern OWN_EVENT_TRIGGER = Pattern.compile("EVENT TRIGGER (- )?\"?understudy_");

  /** Whoever keeps a dump waiting may wait for the copy that waits for it. */
  private static final String LOCK_WAIT = "10s";

  private static final String CHECKING = "understudy check";

  private final ClientPrograms programs;
  private final MirrorName mirror;
  private final Login source;
  private final Archive archive;

  /** What each object's part of the script is, once somebody asked. */
  private final Map<String, String> objects = new HashMap<>();

  private SchemaCopy(ClientPrograms programs, MirrorName mirror, Login source, Archive archive) {
    this.programs = programs;
    this.mirror = mirror;
    this.source = source;
    this.archive = archive;
  }

  /** The name of the sessions in which a standby's schema is made. */
  static String session(MirrorName mirror) {
    return "understudy " + mirror + " schema";
  }

  /**
   * Dumps the schema of all there is in the source but our own.
   *
   * @param standbys where it will be made
   * @param pgDump empty for the one on the {@code PATH}
   * @param snapshot that the source exports; empty for the schema as it is now
   * @throws MirrorException.Operator if there are no programs that can do it
   */
  public static SchemaCopy of(
      MirrorName mirror,
      DatabaseSettings source,
      List<DatabaseSettings> standbys,
      Optional<Path> pgDump,
      Map<String, String> environment,
      Optional<String> snapshot)
      throws InterruptedException {
    ClientPrograms programs = programs(source, standbys, pgDump, environment);
    Login login = new Login(source, session(mirror));
    List<String> options = new ArrayList<>(List.of("--section=pre-data", "--section=post-data"));
    options.add("--lock-wait-timeout=" + LOCK_WAIT);
    snapshot.ifPresent(name -> options.add("--snapshot=" + name));
    return new SchemaCopy(programs, mirror, login, Archive.dump(programs, login, options));
  }

  /**
   * A schema that was dumped before.
   *
   * @param archive what {@link #archive} returned
   */
  public static SchemaCopy of(
      MirrorName mirror,
      DatabaseSettings source,
      List<DatabaseSettings> standbys,
      Optional<Path> pgDump,
      Map<String, String> environment,
      byte[] archive)
      throws InterruptedException {
    ClientPrograms programs = programs(source, standbys, pgDump, environment);
    return new SchemaCopy(
        programs, mirror, new Login(source, session(mirror)), Archive.of(programs, archive));
  }

  /** What was dumped, to be kept for a later {@code init}. */
  public byte[] archive() {
    return archive.bytes();
  }

  /** As it is to be made on a standby. */
  public StandbySchema on(DatabaseSettings standby) {
    return new StandbySchema(programs, archive, source, mirror, standby);
  }

  /** Whether it has a table of this name. */
  public boolean has(TableName table) throws InterruptedException {
    return objects().containsKey("TABLE " + table.schema() + "." + table.table());
  }

  /** The names of what is not the same in another schema, sorted; our own apart. */
  public Set<String> differences(SchemaCopy other) throws InterruptedException {
    Map<String, String> mine = objects();
    Map<String, String> theirs = other.objects();
    Set<String> names = new TreeSet<>(mine.keySet());
    names.addAll(theirs.keySet());
    names.removeIf(name -> Objects.equals(mine.get(name), theirs.get(name)));
    return names;
  }

  private Map<String, String> objects() throws InterruptedException {
    if (!objects.isEmpty()) {
      return objects;
    }
    for (String section : List.of("pre-data", "post-data")) {
      Script.objects(archive.script(section))
          .forEach(
              (name, text) -> {
                if (!OWN_EVENT_TRIGGER.matcher(text).find()) {
                  objects.merge(name, text, String::concat);
                }
              });
    }
    return objects;
  }

  private static ClientPrograms programs(
      DatabaseSettings source,
      List<DatabaseSettings> standbys,
      Optional<Path> pgDump,
      Map<String, String> environment)
      throws InterruptedException {
    int newest = new Login(source, CHECKING).major();
    for (DatabaseSettings standby : standbys) {
      newest = Math.max(newest, new Login(standby, CHECKING).major());
    }
    return ClientPrograms.find(pgDump, environment, newest);
  }

  /**
   * Looks for the programs without running any but for its version.
   *
   * @throws MirrorException.Operator if there are none, or they are too old
   */
  public static void requirePrograms(
      DatabaseSettings source,
      List<DatabaseSettings> standbys,
      Optional<Path> pgDump,
      Map<String, String> environment)
      throws InterruptedException {
    programs(source, standbys, pgDump, environment);
  }

  /** The roles that a source's database names and a standby's server lacks, sorted. */
  public static Set<String> missingRoles(DatabaseSettings source, DatabaseSettings standby) {
    return Roles.missing(new Login(source, CHECKING), new Login(standby, CHECKING));
  }

  /** The roles that a source's policies name. */
  public static Set<String> rolesInPolicies(DatabaseSettings source) {
    return Roles.inPolicies(new Login(source, CHECKING));
  }

  @Override
  public void close() {
    archive.close();
  }
}
