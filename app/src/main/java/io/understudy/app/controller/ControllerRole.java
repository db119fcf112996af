package io.understudy.app.controller;

import io.understudy.app.config.FailoverSettings;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.controller.MirrorWatch.View;
import io.understudy.app.run.Databases;
import io.understudy.app.run.ProcessName;
import io.understudy.app.run.Reigning;
import io.understudy.app.run.Role;
import io.understudy.app.run.RoleState;
import io.understudy.failover.automatic.Decider;
import io.understudy.failover.automatic.Observation;
import io.understudy.failover.automatic.Rule;
import io.understudy.failover.automatic.Sighting;
import io.understudy.failover.automatic.Sightings;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Council;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.RoleReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the source, says what it sees to all other controllers, hears what they say, and leads
 * them if it is its turn.
 */
public final class ControllerRole implements Role, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControllerRole.class);
  private static final Duration HEAR = Duration.ofMillis(100);

  private static final Duration MOST_DEAF = Duration.ofSeconds(30);
  private static final Duration TELL = Duration.ofSeconds(5);

  /** How long an observer that said nothing, and took no leave, counts among all. */
  private static final Duration MEMORY = Duration.ofMinutes(1);

  private static final long MOST_ON_THEIR_WAY = 100;

  private final MirrorConfig config;
  private final Journal journal;
  private final Supplier<Instant> clock;
  private final FailoverSettings settings;
  private final String observer = ProcessName.get();
  private final Map<Long, Long> sentAt = new HashMap<>();
  private Optional<SourceWatch> source = Optional.empty();
  private Optional<MirrorFacts> watched = Optional.empty();
  private long number;
  private long lastSaid = System.nanoTime();
  private long lastHeard = System.nanoTime();
  private long lastTold = System.nanoTime();
  private boolean told;
  private boolean lacking;
  private String lack = "";
  private volatile boolean leading;
  private volatile String detail = "";
  private volatile boolean stopping;

  public ControllerRole(MirrorConfig config, Journal journal, Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.clock = clock;
    this.settings = config.failover();
    if (settings.mode() == FailoverSettings.Mode.MANUAL) {
      throw new MirrorException.Operator(
          "failover.mode is manual: there is nothing to control",
          "write failover.mode: automatic, or observe");
    }
  }

  private Rule rule() {
    return new Rule(
        settings.detectWindow(),
        settings.minObservers(),
        settings.maxLag(),
        settings.holdDown(),
        settings.probeInterval().multipliedBy(2).plusSeconds(1),
        MEMORY);
  }

  @Override
  public String name() {
    return RoleReport.controller(observer);
  }

  @Override
  public RoleState working() {
    return leading ? RoleState.LEADING : RoleState.OBSERVING;
  }

  @Override
  public String detail() {
    return detail;
  }

  @Override
  public void run(Runnable atWork) throws InterruptedException {
    Rule rule = rule();
    lastHeard = System.nanoTime();
    try (MirrorWatch mirror = new MirrorWatch(journal, settings.probeInterval());
        Council council = journal.council();
        Leader leader = new Leader(config, journal, council, new Decider(rule), clock)) {
      Sightings sightings = new Sightings();
      while (!stopping) {
        hear(council, sightings);
        Optional<View> view = mirror.view();
        if (view.isPresent()) {
          Reigning.requireMade(config.mirror(), view.get().facts().mirror());
          SourceWatch watch = watch(view.get());
          watch.check();
          speak(council, watch, view.get());
          List<Sighting> seen = sightings.at(System.nanoTime(), rule.memory());
          decide(council, leader, view.get(), seen);
          countObservers(seen.size());
          requireEcho(leader);
          tell(leader, watch, atWork);
        }
      }
      council.leave(
          WordCodec.encode(new WordCodec.Said(observer, number + 1, -1, Optional.empty())));
    }
  }

  private void hear(Council council, Sightings sightings) {
    for (Council.Word word : council.hear(HEAR)) {
      Optional<WordCodec.Said> said = WordCodec.decode(word.text());
      if (said.isEmpty()) {
        continue;
      }
      String by = said.get().observer();
      if (by.equals(observer)) {
        Long at = sentAt.remove(said.get().number());
        if (at != null) {
          sightings.own(word.offset(), at);
          lastHeard = System.nanoTime();
        }
      }
      if (said.get().observation().isEmpty()) {
        sightings.gone(by);
      } else {
        sightings.take(said.get().observation().get(), said.get().seen(), System.nanoTime());
      }
    }
  }

  /** What we say must come back to us. If it does not, it is better to show that, and join anew. */
  private void requireEcho(Leader leader) {
    if (!leader.isPromoting() && System.nanoTime() - lastHeard > MOST_DEAF.toNanos()) {
      lastHeard = System.nanoTime();
      throw new MirrorException.Transient(
          "nothing of what is said comes back from topic "
              + config.mirror().observationsTopic()
              + " for "
              + MOST_DEAF.toSeconds()
              + " s",
          null);
    }
  }

  private SourceWatch watch(View view) {
    MirrorFacts facts = view.facts().mirror().orElseThrow();
    boolean other =
        watched
            .filter(it -> it.epoch().equals(facts.epoch()) && it.source().equals(facts.source()))
            .isEmpty();
    if (other) {
      source.ifPresent(SourceWatch::close);
      source =
          Optional.of(
              new SourceWatch(
                  Databases.source(config, facts.source()),
                  settings.probeInterval(),
                  settings.detectWindow()));
      watched = Optional.of(facts);
    }
    return source.orElseThrow();
  }

  /** At each interval; four times as often while the source is silent. */
  private void speak(Council council, SourceWatch watch, View view) {
    long read = council.read();
    long now = System.nanoTime();
    Duration silent = watch.silent();
    boolean silence = silent.compareTo(settings.probeInterval()) > 0;
    Duration pace = silence ? settings.probeInterval().dividedBy(4) : settings.probeInterval();
    if (now - lastSaid < pace.toNanos()) {
      return;
    }
    Observation observation =
        new Observation(
            observer,
            watched.orElseThrow().epoch(),
            watched.orElseThrow().source(),
            silence ? silent : Duration.ZERO,
            watch.last(),
            watch.clock(),
            view.still(),
            view.progressed());
    WordCodec.Said said = new WordCodec.Said(observer, number + 1, read, Optional.of(observation));
    if (council.say(WordCodec.encode(said))) {
      number++;
      sentAt.put(number, now);
      sentAt.keySet().removeIf(it -> it < number - MOST_ON_THEIR_WAY);
    }
    lastSaid = now;
  }

  private void decide(Council council, Leader leader, View view, List<Sighting> seen) {
    leading = council.leads();
    try {
      if (leading) {
        leader.lead(view, seen);
      } else {
        leader.follow(view);
      }
    } catch (MirrorException.Transient e) {
      log.warn("cannot decide now: {}", e.getMessage());
    }
  }

  private void countObservers(int known) {
    boolean few = leading && known < settings.minObservers();
    if (few && !lacking) {
      log.warn("{}", lack(known));
    }
    lacking = few;
    lack = few ? "; " + lack(known) : "";
  }

  private String lack(int known) {
    return "observers: "
        + known
        + ", failover.min-observers: "
        + settings.minObservers()
        + ", so nothing would be promoted; start understudy run --role controller on further hosts";
  }

  /** What is said changes with each tenth of a second; that is told now and then. */
  private void tell(Leader leader, SourceWatch watch, Runnable atWork) {
    boolean quiet = leader.saying().isEmpty();
    long now = System.nanoTime();
    if (quiet || !told || now - lastTold > TELL.toNanos()) {
      String mode = settings.mode().name().toLowerCase(Locale.ROOT) + "; ";
      detail =
          mode
              + (quiet ? watched.orElseThrow().source() + ": " + watch.last() : leader.saying())
              + lack;
      lastTold = now;
    }
    told = !quiet;
    atWork.run();
  }

  @Override
  public void stop() {
    stopping = true;
  }

  @Override
  public void close() {
    source.ifPresent(SourceWatch::close);
  }
}
