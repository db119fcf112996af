package io.understudy.app.config;

import java.util.List;
import java.util.Optional;

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
      "The mirror's name: part of the names of its topics, and of what it makes on servers. Lower-case letters, digits and `_`."),
  URL(
      "databases.*.url",
      Form.TEXT,
      Need.REQUIRED,
      "JDBC URL, for example `jdbc:postgresql://HOST:PORT/DATABASE`; all of one engine. The name in place of `*` is yours to choose."),
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
      "A folder for a broker of Understudy's own, relative to the file. Either this or `journal.bootstrap-servers`."),
  CLIENT(
      "journal.client",
      Form.SETTINGS,
      Need.OPTIONAL,
      "Kafka client settings for reaching the cluster, passed on as they are: `security.…`, `sasl.…`, `ssl.…`."),
  REPLICATION_FACTOR(
      "journal.replication-factor",
      Form.COUNT,
      "3",
      "Copies of the journal that Kafka keeps, when Understudy creates the topics; always 1 with `journal.embedded`."),
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
      "Which tables are mirrored: patterns `schema.table`, `*` for any characters, case kept. Where an engine has no schemas, the database takes their place: `shop.*`."),
  EXCLUDE("tables.exclude", Form.LIST, Need.OPTIONAL, "Which of those are not mirrored after all."),
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
  FAILOVER_MODE(
      "failover.mode",
      Form.TEXT,
      "manual",
      "`manual`: a standby is promoted by `understudy promote` and never by itself."),
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
