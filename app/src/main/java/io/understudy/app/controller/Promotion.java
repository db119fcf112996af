package io.understudy.app.controller;

import io.understudy.app.config.FailoverSettings;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.failover.Failover;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.FactChanges;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.OperationFact;
import io.understudy.journal.kafka.StateStore;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One automatic promotion, from the hook before it to the hook after it. */
final class Promotion {
  private static final Logger log = LoggerFactory.getLogger(Promotion.class);

  private final MirrorConfig config;
  private final Journal journal;
  private final MirrorFacts facts;
  private final DatabaseName target;
  private final String reason;
  private final Failover.Confirmation confirm;
  private final Supplier<Instant> clock;

  /**
   * @param facts as they were when that was decided
   * @param confirm that this controller leads; and, of one that begins, that the source is dead
   */
  Promotion(
      MirrorConfig config,
      Journal journal,
      MirrorFacts facts,
      DatabaseName target,
      String reason,
      Failover.Confirmation confirm,
      Supplier<Instant> clock) {
    this.config = config;
    this.journal = journal;
    this.facts = facts;
    this.target = target;
    this.reason = reason;
    this.confirm = confirm;
    this.clock = clock;
  }

  void run() throws InterruptedException {
    FailoverSettings settings = config.failover();
    List<String> said = new ArrayList<>();
    said.add(reason);
    if (settings.before().isPresent()) {
      said.add(program("hook before", settings.before().get()).said());
    }
    if (settings.fenceCommand().isPresent()) {
      confirm.ask(); // it may end a server
      Program.Outcome fenced = program("fence-command", settings.fenceCommand().get());
      said.add(fenced.said());
      if (!fenced.well() && settings.fenceRequired()) {
        throw new MirrorException.Refused(
            fenced.said() + ": " + facts.source() + " may still be written to",
            "make sure that it is off, then: understudy promote --to " + target);
      }
    }
    complete(String.join("; ", said));
  }

  /** Goes on with one that another controller began. */
  void resume() throws InterruptedException {
    complete("begun by a controller that is gone");
  }

  private void complete(String why) throws InterruptedException {
    Failover failover = new Failover(config, journal, new PrintWriter(new Log(), true), clock);
    Failover.Result result = failover.automatic(facts.epoch(), target, why, confirm);
    log.info(
        "{} is the source, in epoch {}; last commit time applied {}, sequence {}",
        result.facts().source(),
        result.facts().epoch(),
        result.applied().commitTime(),
        result.applied().sequence());
    Optional<String> after = config.failover().after();
    if (after.isPresent()) {
      record(program("hook after", after.get()).said());
    }
  }

  private void record(String said) {
    try (StateStore store = journal.state()) {
      store.read().operations().stream()
          .filter(it -> it.kind() == OperationFact.Kind.AUTOMATIC && it.target().equals(target))
          .filter(OperationFact::isOver)
          .reduce((first, second) -> second)
          .ifPresent(it -> store.write(new FactChanges().put(it.over(it.outcome() + "; " + said))));
    }
  }

  private Program.Outcome program(String name, String command) throws InterruptedException {
    return new Program(name, command, config.failover().commandTimeout()).run(environment());
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("UNDERSTUDY_MIRROR", config.mirror().value());
    environment.put("UNDERSTUDY_SOURCE", facts.source().value());
    environment.put("UNDERSTUDY_SOURCE_URL", bare(config.database(facts.source()).url()));
    environment.put("UNDERSTUDY_TARGET", target.value());
    environment.put("UNDERSTUDY_TARGET_URL", bare(config.database(target).url()));
    environment.put("UNDERSTUDY_EPOCH", Long.toString(facts.epoch().value()));
    environment.put("UNDERSTUDY_REASON", reason);
    return environment;
  }

  /** Without what may hold a password. */
  private static String bare(String url) {
    return url.split("[?;]", 2)[0].replaceFirst("//[^/@]*@", "//");
  }

  /** What a command prints line by line. */
  private static final class Log extends Writer {
    private final StringBuilder line = new StringBuilder();

    @Override
    public void write(char[] text, int from, int length) {
      line.append(text, from, length);
    }

    @Override
    public void flush() {
      String text = line.toString().stripTrailing();
      line.setLength(0);
      if (!text.isEmpty()) {
        log.info("failover {}", text);
      }
    }

    @Override
    public void close() {
      flush();
    }
  }
}
