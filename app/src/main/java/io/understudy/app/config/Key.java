package io.understudy.app.config;

import io.understudy.connectors.LogReader;
import io.understudy.connectors.SchemaChanges;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The keys of {@code mirror.yaml}: what may be written there, what holds if nothing is, and what it
 * means. The reader takes defaults and known names from here, and the reference page its table, so
 * that they cannot disagree. A {@code *} in a path stands for a name that the user chooses.
 */
public enum Key {
  MIRROR(
      "mirror",
      Form.TEXT,
      Need.REQUIRED,
      "The mirror's name: part of the names of its topics, and of what it makes on servers."
          + " Lower-case letters, digits and `_`."),
  URL(
      "databases.*.url",
      Form.TEXT,
      Need.REQUIRED,
      "JDBC URL, for example `jdbc:postgresql://HOST:PORT/DATABASE`; all of one engine. The name in"
          + " place of `*` is yours to choose."),
  USER(
      "databases.*.user",
      Form.TEXT,
      Need.REQUIRED,
      "Whom to log in as; needs the right to replicate."),
  PASSWORD(
      "databases.*.password",
      Form.SECRET,
      Need.OPTIONAL,
      "Best by reference: `${env:NAME}` or `${file:/path}`. None is sent if absent."),
  PROPERTIES(
      "databases.*.properties",
      Form.SETTINGS,
      Need.OPTIONAL,
      "Further properties of the JDBC driver, for example those that ask for TLS."),
  READER(
      "databases.*.reader",
      Form.TEXT,
      "native",
      "PostgreSQL only: who reads its log while it is the source. `native` carries every type as it"
          + " prints; `debezium` is Debezium's connector, inside the process."),
  SOURCE(
      "source",
      Form.TEXT,
      Need.REQUIRED,
      "The database that is the source at the first start; from then on the journal knows."),
  BOOTSTRAP_SERVERS(
      "journal.bootstrap-servers",
      Form.TEXT,
      Need.OPTIONAL,
      "`HOST:PORT,HOST:PORT` of your Kafka cluster. Either this or `journal.embedded`."),
  EMBEDDED(
      "journal.embedded",
      Form.TEXT,
      Need.OPTIONAL,
      "A folder for a broker of Understudy's own, relative to the file. Either this or"
          + " `journal.bootstrap-servers`."),
  CLIENT(
      "journal.client",
      Form.SETTINGS,
      Need.OPTIONAL,
      "Kafka client settings for reaching the cluster, passed on as they are: `security.…`,"
          + " `sasl.…`, `ssl.…`."),
  REPLICATION_FACTOR(
      "journal.replication-factor",
      Form.COUNT,
      "3",
      "Copies of the journal that Kafka keeps, when Understudy creates the topics; always 1 with"
          + " `journal.embedded`."),
  RETENTION(
      "journal.retention",
      Form.DURATION,
      "7d",
      "How long the journal keeps what it holds; a standby that was away longer needs a new copy."),
  PIECE_BYTES(
      "journal.piece-bytes",
      Form.SIZE,
      "512KiB",
      "A transaction larger than this travels in pieces of about this size."),
  INCLUDE(
      "tables.include",
      Form.LIST,
      "*.*",
      "Which tables are mirrored: patterns `schema.table`, `*` for any characters, case kept. Where"
          + " an engine has no schemas, the database takes their place: `shop.*`."),
  EXCLUDE("tables.exclude", Form.LIST, Need.OPTIONAL, "Which of those are not mirrored after all."),
  DDL(
      "ddl",
      Form.TEXT,
      "apply",
      "PostgreSQL: what becomes of statements that change the source's schema. `apply`: they travel"
          + " in the journal, and standbys run them; `hold`: standbys wait in front of each until"
          + " `understudy resume` says what to do; `ignore`: they are not looked at. All but"
          + " `ignore` take event triggers on the source, and the native reader."),
  HEARTBEAT(
      "reader.heartbeat",
      Form.DURATION,
      "1s",
      "How often an idle source is made to move its log; bounds what an idle mirror shows as lag."),
  MAX_BATCH_CHANGES(
      "reader.max-batch-changes",
      Form.COUNT,
      "8192",
      "Most changes that the reader takes from the source's log at once."),
  MAX_BATCH_BYTES(
      "reader.max-batch-bytes",
      Form.SIZE,
      "16MiB",
      "Most bytes of log that the reader holds in memory, roughly."),
  BITE_BEHIND(
      "reader.bite-behind",
      Form.SIZE,
      "64MiB",
      "PostgreSQL, native reader: while more log than this is unread, it is read in large bites"
          + " instead of as a stream, at the cost of temporary files on the source."),
  MAX_GROUP_CHANGES(
      "applier.max-group-changes",
      Form.COUNT,
      "10000",
      "Most changes of small transactions that one transaction of the standby takes together."),
  MAX_GROUP_BYTES("applier.max-group-bytes", Form.SIZE, "16MiB", "Most bytes of them."),
  MAX_GROUP_TIME(
      "applier.max-group-time", Form.DURATION, "1s", "Longest time spent collecting them."),
  RETRY_INITIAL(
      "retry.initial",
      Form.DURATION,
      "200ms",
      "First pause after a server went away; each further one is longer."),
  RETRY_MAX("retry.max", Form.DURATION, "10s", "Longest pause between two attempts."),
  PG_DUMP(
      "init.pg-dump",
      Form.TEXT,
      Need.OPTIONAL,
      "PostgreSQL: path of the `pg_dump` with which `init` makes the schema of an empty standby,"
          + " relative to the file; `pg_restore` and `psql` are taken from beside it. The one on"
          + " the `PATH` if absent."),
  FAILOVER_MODE(
      "failover.mode",
      Form.TEXT,
      "manual",
      "`manual`: a standby is promoted by `understudy promote` and never by itself. `automatic`"
          + " (PostgreSQL): the `run` processes watch the source, and promote one when it is dead;"
          + " `observe`: they only report what they would have done."),
  DETECT_WINDOW(
      "failover.detect-window",
      Form.DURATION,
      "5s",
      "PostgreSQL: for how long observers must have seen the source dead."),
  PROBE_INTERVAL(
      "failover.probe-interval",
      Form.DURATION,
      "1s",
      "PostgreSQL: how often each observer asks the source."),
  MIN_OBSERVERS(
      "failover.min-observers",
      Form.COUNT,
      "2",
      "PostgreSQL: how many observers must agree at least; more, if that is no majority of all. Write the"
          + " majority of the processes that you run."),
  MAX_LAG(
      "failover.max-lag",
      Form.DURATION,
      "10s",
      "PostgreSQL: how far behind the source, as it was last seen, a standby may be that is promoted."),
  MAX_VERIFY_AGE(
      "failover.max-verify-age",
      Form.DURATION,
      Need.OPTIONAL,
      "PostgreSQL: how long ago `understudy verify` must have found the target of a switchover identical, or"
          + " repaired it. Does not matter if absent."),
  HOLD_DOWN(
      "failover.hold-down",
      Form.DURATION,
      "1m",
      "PostgreSQL: for how long after an automatic promotion there is no other."),
  FENCE_COMMAND(
      "failover.fence-command",
      Form.TEXT,
      Need.OPTIONAL,
      "PostgreSQL: run by `/bin/sh -c` before an automatic promotion, to make sure that the old source is off;"
          + " what it needs is in `UNDERSTUDY_…` variables. None if absent."),
  FENCE_REQUIRED(
      "failover.fence-required",
      Form.TEXT,
      "true",
      "PostgreSQL: whether nothing is promoted unless the fence command ends with 0."),
  HOOK_BEFORE(
      "failover.hooks.before",
      Form.TEXT,
      Need.OPTIONAL,
      "PostgreSQL: run before the fence command, in the same way; however it ends, the promotion goes on."),
  HOOK_AFTER(
      "failover.hooks.after",
      Form.TEXT,
      Need.OPTIONAL,
      "PostgreSQL: run after an automatic promotion, in the same way."),
  COMMAND_TIMEOUT(
      "failover.command-timeout",
      Form.DURATION,
      "30s",
      "PostgreSQL: after what time each of these commands is killed, and has failed."),
  LISTEN(
      "http.listen",
      Form.TEXT,
      "127.0.0.1:8600",
      "`HOST:PORT` of the dashboard, `/metrics` and the health pages; `off` for none.");

  /** What may stand behind a key. */
  public enum Form {
    TEXT("text"),
    SECRET("secret text"),
    DURATION("duration"),
    SIZE("size"),
    COUNT("number"),
    LIST("list of texts"),
    SETTINGS("group of secret texts");

    private final String title;

    Form(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }

  private enum Need {
    REQUIRED,
    OPTIONAL
  }

  private final String path;
  private final Form form;
  private final boolean required;
  private final Optional<String> fallback;
  private final String meaning;

  Key(String path, Form form, Need need, String meaning) {
    this.path = path;
    this.form = form;
    this.required = need == Need.REQUIRED;
    this.fallback = Optional.empty();
    this.meaning = meaning;
  }

  Key(String path, Form form, String fallback, String meaning) {
    this.path = path;
    this.form = form;
    this.required = false;
    this.fallback = Optional.of(fallback);
    this.meaning = meaning;
  }

  public String path() {
    return path;
  }

  public Form form() {
    return form;
  }

  public boolean required() {
    return required;
  }

  /** What holds if the key is absent, as it would be written. */
  public Optional<String> fallback() {
    return fallback;
  }

  /** The words of which one is to be written; empty where other texts are right, too. */
  public List<String> choices() {
    return switch (this) {
      case READER -> Stream.of(LogReader.values()).map(LogReader::word).toList();
      case DDL -> Stream.of(SchemaChanges.values()).map(SchemaChanges::word).toList();
      case FAILOVER_MODE -> List.of("manual", "observe", "automatic");
      case FENCE_REQUIRED -> List.of("true", "false");
      default -> List.of();
    };
  }

  /** A sentence or two, for the reference page. */
  public String meaning() {
    return meaning;
  }

  /** The path's segments, with {@code names} in the places of the {@code *}. */
  List<String> segments(String... names) {
    String filled = path;
    List<String> segments = new java.util.ArrayList<>();
    int next = 0;
    for (String segment : filled.split("\\.", -1)) {
      segments.add(segment.equals("*") && next < names.length ? names[next++] : segment);
    }
    return segments;
  }
}
