package io.understudy.app.schema;

import static java.util.stream.Collectors.partitioningBy;

import io.understudy.journal.DatabaseSettings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The schema of a source, dumped once, and made on standbys in two steps: before the rows come, all
 * that holds or describes them, in one transaction; after them, what is faster to make then or must
 * not meddle with them: keys, indexes, constraints, triggers, contents of materialized views.
 */
public final class SchemaCopy implements AutoCloseable {
  private static final Pattern ENTRY = Pattern.compile("\\d+; \\d+ \\d+ (.*)");

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

  /** What those need, and what needs none of them; foreign keys may. */
  private static final List<String> OF_ONE_TABLE = List.of("INDEX ", "CONSTRAINT ");

  /** Of ours on the source, in an archive's list and in its statements. */
  private static final Pattern OWN_EVENT_TRIGGER =
      Pattern.compile("EVENT TRIGGER (- )?\"?understudy_");

  /** Whoever keeps a dump waiting may wait for the copy that waits for it. */
  private static final String LOCK_WAIT = "10s";

  /** Each index that is made sorts in so much memory, or in what the server has for it. */
  private static final long SORT_KILOBYTES = 128 << 10;

  private static final String CHECKING = "understudy check";

  private final ClientPrograms programs;
  private final MirrorName mirror;
  private final Login source;
  private final Path archive;

  /** What each object's part of the script is, once somebody asked. */
  private final Map<String, String> objects = new HashMap<>();

  private SchemaCopy(ClientPrograms programs, MirrorName mirror, Login source, Path archive) {
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
    SchemaCopy copy = new SchemaCopy(programs, mirror, login, temporary("schema"));
    try {
      List<String> options = new ArrayList<>(List.of("--section=pre-data", "--section=post-data"));
      options.add("--lock-wait-timeout=" + LOCK_WAIT);
      snapshot.ifPresent(name -> options.add("--snapshot=" + name));
      copy.dump(login, copy.archive, options.toArray(String[]::new));
      return copy;
    } catch (InterruptedException | RuntimeException e) {
      copy.close();
      throw e;
    }
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
    Path file = temporary("schema");
    try {
      Files.write(file, archive);
    } catch (IOException e) {
      throw new MirrorException.Operator(
          "writing " + file + ": " + e.getMessage(), "make room there", e);
    }
    return new SchemaCopy(programs, mirror, new Login(source, session(mirror)), file);
  }

  /** What was dumped, to be kept for a later {@code init}. */
  public byte[] archive() {
    try {
      return Files.readAllBytes(archive);
    } catch (IOException e) {
      throw new MirrorException.Operator(
          "reading " + archive + ": " + e.getMessage(), "run this again", e);
    }
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
      Script.objects(script(section, Set.of()))
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

  private static Path temporary(String what) {
    try {
      return Files.createTempFile("understudy-" + what + "-", ".dump");
    } catch (IOException e) {
      throw new MirrorException.Operator(
          "no file can be made in the folder for temporary ones: " + e.getMessage(),
          "make room there, or name another with -Djava.io.tmpdir",
          e);
    }
  }

  private void dump(Login from, Path to, String... sections) throws InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.path("pg_dump"),
                "--format=custom",
                "--exclude-schema=understudy",
                "--no-publications",
                "--no-subscriptions",
                "--no-blobs",
                "--file=" + to));
    command.addAll(List.of(sections));
    new Program(command, from.environment()).run();
  }

  /**
   * The roles that the schema names and a standby's server lacks: who owned, owns nothing there.
   */
  public Set<String> missingRoles(DatabaseSettings standby) {
    return Roles.missing(source, login(standby));
  }

  private Login login(DatabaseSettings standby) {
    return new Login(standby, session(mirror));
  }

  /** Makes what comes before the rows: all or nothing. */
  public void before(DatabaseSettings standby) throws InterruptedException {
    Login login = login(standby);
    psql(login, script("pre-data", missingRoles(standby)));
  }

  /**
   * Makes what comes after the rows and is not there yet.
   *
   * @param bare whether nothing of it can be there
   * @param jobs how many indexes and the like at the same time
   * @param oneMoment whether the rows of all tables are as they were at one moment; if not, what is
   *     between tables is left out
   * @param there told how many of its parts are there already
   * @return what was left out, as scripts to run one after the other
   */
  public List<String> after(
      DatabaseSettings standby, boolean bare, int jobs, boolean oneMoment, IntConsumer there)
      throws InterruptedException {
    Login login = login(standby);
    Set<String> missing = missingRoles(standby);
    Path list = temporary("list");
    try {
      Map<Boolean, List<String>> made =
          toMake(login, bare, there).stream()
              .collect(partitioningBy(line -> oneMoment || !isBetween(line)));
      Map<Boolean, List<String>> attached =
          made.get(true).stream().collect(partitioningBy(SchemaCopy::isAttaching));
      if (attached.get(true).isEmpty()) {
        restore(login, list, made.get(true), jobs, missing);
      } else {
        Map<Boolean, List<String>> own =
            attached.get(false).stream().collect(partitioningBy(SchemaCopy::isOfOneTable));
        restore(login, list, own.get(true), jobs, missing);
        restore(login, list, attached.get(true), 1, missing);
        restore(login, list, own.get(false), jobs, missing);
      }
      if (!missing.isEmpty()) {
        psql(login, Script.owners(script("post-data", missing), OWN_EVENT_TRIGGER));
      }
      return later(made.get(false));
    } catch (IOException e) {
      throw new MirrorException.Operator(
          "writing " + list + ": " + e.getMessage(), "make room there", e);
    } finally {
      delete(list);
    }
  }

  private void restore(Login login, Path list, List<String> entries, int jobs, Set<String> missing)
      throws InterruptedException, IOException {
    Files.write(list, entries);
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.path("pg_restore"),
                "--section=post-data",
                "--exit-on-error",
                "--jobs=" + jobs,
                "--use-list=" + list,
                // All that matters is in the environment; without this it would not connect.
                "--dbname=dbname='" + login.database().replaceAll("[\\\\']", "\\\\$0") + "'"));
    if (!missing.isEmpty()) {
      command.add("--no-owner");
    }
    command.add(archive.toString());
    new Program(command, quick(login)).run();
  }

  /**
   * Commits do not wait for the disk: the one that completes the copy does, and with it the log is
   * there up to that place; a server that crashes before lacks what is made once more then.
   */
  private static Map<String, String> quick(Login standby) {
    Map<String, String> environment = new HashMap<>(standby.environment());
    environment.merge(
        "PGOPTIONS",
        " -c synchronous_commit=off -c maintenance_work_mem="
            + Math.max(SORT_KILOBYTES, standby.maintenanceKilobytes()),
        String::concat);
    return environment;
  }

  private List<String> later(List<String> entries) throws InterruptedException, IOException {
    if (entries.isEmpty()) {
      return List.of();
    }
    Path list = temporary("list");
    Path script = temporary("script");
    try {
      Files.write(list, entries);
      new Program(
              List.of(
                  programs.path("pg_restore"),
                  "--section=post-data",
                  "--use-list=" + list,
                  "--file=" + script,
                  archive.toString()),
              Map.of())
          .run();
      return Script.sections(Files.readString(script));
    } finally {
      delete(list);
      delete(script);
    }
  }

  /** One of these locks several tables: at the same time, two of them may wait for each other. */
  private static boolean isAttaching(String line) {
    return isOneOf(ATTACHING, line);
  }

  private static boolean isOfOneTable(String line) {
    return isOneOf(OF_ONE_TABLE, line);
  }

  /** Whether an entry says something of several tables; a comment may be on such. */
  private static boolean isBetween(String line) {
    return isOneOf(BETWEEN, line);
  }

  private static boolean isOneOf(List<String> kinds, String line) {
    Matcher entry = ENTRY.matcher(line);
    return entry.matches() && kinds.stream().anyMatch(entry.group(1)::startsWith);
  }

  /** The archive's list of what comes after the rows, without what the standby has already. */
  private List<String> toMake(Login standby, boolean bare, IntConsumer there)
      throws InterruptedException {
    Set<String> made = bare ? Set.of() : made(standby);
    Set<String> sourceRoles = Roles.all(source);
    Map<Boolean, List<String>> entries =
        list(archive).stream()
            .filter(line -> !OWN_EVENT_TRIGGER.matcher(line).find())
            .collect(
                partitioningBy(
                    line -> named(line, sourceRoles).filter(made::contains).isPresent()));
    there.accept(entries.get(true).size());
    return entries.get(false);
  }

  private Set<String> made(Login standby) throws InterruptedException {
    Path there = temporary("standby");
    try {
      dump(standby, there, "--section=post-data");
      Set<String> made = new HashSet<>();
      Set<String> standbyRoles = Roles.all(standby);
      for (String line : list(there)) {
        named(line, standbyRoles).ifPresent(made::add);
      }
      return made;
    } finally {
      delete(there);
    }
  }

  private List<String> list(Path of) throws InterruptedException {
    String command = programs.path("pg_restore");
    return new Program(List.of(command, "--list", "--section=post-data", of.toString()), Map.of())
        .output()
        .lines()
        .toList();
  }

  /** Kind and name of what can be made only once; a line ends with its owner. */
  private static Optional<String> named(String line, Set<String> roles) {
    Matcher entry = ENTRY.matcher(line);
    if (!entry.matches() || MADE_ONCE.stream().noneMatch(entry.group(1)::startsWith)) {
      return Optional.empty();
    }
    String text = entry.group(1);
    return roles.stream()
        .filter(role -> text.endsWith(" " + role))
        .max((a, b) -> Integer.compare(a.length(), b.length()))
        .map(owner -> text.substring(0, text.length() - owner.length() - 1));
  }

  private String script(String section, Set<String> missing) throws InterruptedException {
    Path script = temporary("script");
    try {
      new Program(
              List.of(
                  programs.path("pg_restore"),
                  "--section=" + section,
                  "--file=" + script,
                  archive.toString()),
              Map.of())
          .run();
      return Script.without(missing, Files.readString(script));
    } catch (IOException e) {
      throw new MirrorException.Operator(
          "reading " + script + ": " + e.getMessage(), "make room there", e);
    } finally {
      delete(script);
    }
  }

  private void psql(Login standby, String script) throws InterruptedException {
    Path file = temporary("script");
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
      throw new MirrorException.Operator(
          "writing " + file + ": " + e.getMessage(), "make room there", e);
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    file.toFile().delete(); // a temporary file that stays does no harm
  }

  @Override
  public void close() {
    delete(archive);
  }
}
