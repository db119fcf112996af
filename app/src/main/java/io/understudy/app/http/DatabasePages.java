package io.understudy.app.http;

import io.understudy.app.config.Quantity;
import io.understudy.app.status.StatusReport;
import io.understudy.app.status.StatusReport.StandbyStatus;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.kafka.MirrorFacts;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells load balancers where to send whom: {@code /databases/DB/primary} and {@code
 * /databases/DB/standby?max-lag=10s}, 200 or 503. While the journal is away the source that it
 * named last counts as the source: a mirror that has stopped must not cut the source's clients off.
 */
final class DatabasePages {
  private static final Pattern PATH = Pattern.compile("/databases/([^/]+)/(primary|standby)");
  private static final Pattern MAX_LAG = Pattern.compile("max-lag=([0-9A-Za-z]+)");

  private final Set<DatabaseName> databases;
  private volatile Optional<DatabaseName> primary = Optional.empty();

  /** Names of states in which the source may be shut, or another one be open already. */
  private static final Set<String> NOBODY_WRITES =
      Arrays.stream(MirrorFacts.State.values())
          .filter(state -> !state.isOpen() && state != MirrorFacts.State.INITIALIZING)
          .map(Enum::name)
          .collect(Collectors.toSet());

  DatabasePages(Set<DatabaseName> databases) {
    this.databases = databases;
  }

  static boolean serves(String path) {
    return path.startsWith("/databases/");
  }

  /**
   * @param query without the question mark; may be null
   */
  Reply reply(String path, String query, StatusReport status) {
    remember(status);
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches() || !databases.contains(new DatabaseName(matcher.group(1)))) {
      return Reply.text(
          Reply.NOT_FOUND,
          "write /databases/DB/primary or /databases/DB/standby; DB is one of " + databases);
    }
    DatabaseName name = new DatabaseName(matcher.group(1));
    return matcher.group(2).equals("primary")
        ? primary(name, status)
        : standby(name, Optional.ofNullable(query), status);
  }

  private void remember(StatusReport status) {
    if (status.journal().reachable()) {
      primary = NOBODY_WRITES.contains(status.state()) ? Optional.empty() : status.source();
    }
  }

  private Reply primary(DatabaseName name, StatusReport status) {
    if (!primary.equals(Optional.of(name))) {
      return no(primary.map(other -> "the source is " + other).orElse("there is no source now"));
    }
    StatusReport.Answer database = status.reader().database();
    return database.reachable() ? yes("source") : no(database.detail());
  }

  private static Reply standby(DatabaseName name, Optional<String> query, StatusReport status) {
    Optional<Duration> limit;
    try {
      limit = query.map(DatabasePages::limit);
    } catch (IllegalArgumentException e) {
      return Reply.text(
          Reply.BAD_REQUEST, "write ?max-lag=10s: a whole number and ms, s, m, h or d");
    }
    StandbyStatus standby = status.standbys().get(name);
    if (standby == null) {
      return no("not a standby");
    }
    Optional<Duration> lag = standby.lag().time();
    if (lag.isEmpty()) {
      return no(standby.state() + ": " + standby.detail());
    }
    String says = lag.get().toMillis() + " ms behind";
    return limit.isPresent() && lag.get().compareTo(limit.get()) > 0 ? no(says) : yes(says);
  }

  private static Duration limit(String query) {
    Matcher matcher = MAX_LAG.matcher(query);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not max-lag");
    }
    return Quantity.duration(matcher.group(1));
  }

  private static Reply yes(String why) {
    return Reply.text(Reply.OK, why);
  }

  private static Reply no(String why) {
    return Reply.text(Reply.UNAVAILABLE, why);
  }
}
