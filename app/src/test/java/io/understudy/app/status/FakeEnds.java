package io.understudy.app.status;

import io.understudy.applier.Progress;
import io.understudy.connectors.LogEnd;
import io.understudy.journal.Body;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalEntry;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Sequence;
import io.understudy.journal.kafka.MirrorFacts;
import io.understudy.journal.kafka.RoleReport;
import io.understudy.journal.kafka.StateStore;
import io.understudy.journal.kafka.VerificationFact;
import io.understudy.journal.postgres.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A mirror of north and south that answers, fails or hangs as a test wants it to. */
public final class FakeEnds implements MirrorEnds {
  public static final MirrorName SHOP = new MirrorName("shop");
  public static final DatabaseName NORTH = new DatabaseName("north");
  public static final DatabaseName SOUTH = new DatabaseName("south");
  public static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

  final List<RoleReport> roles = new ArrayList<>();
  final List<VerificationFact> verified = new ArrayList<>();
  final Map<DatabaseName, Progress> applied = new HashMap<>();
  final AtomicInteger logEndsAsked = new AtomicInteger();
  final CountDownLatch release = new CountDownLatch(1);
  volatile Optional<MirrorFacts> facts = Optional.of(facts(1, NORTH, MirrorFacts.State.MIRRORING));
  volatile Optional<JournalEntry> tail = Optional.empty();
  volatile Optional<LogEnd> logEnd = Optional.empty();
  volatile boolean journalAway;
  volatile boolean southAway;
  volatile boolean sourceHangs;

  /** Everything in order: the source at 0/3000, the journal at 12, the standby at 10. */
  public static FakeEnds healthy() {
    FakeEnds ends = new FakeEnds();
    ends.tail = Optional.of(heartbeat(12, "0/2000", START));
    ends.logEnd = Optional.of(new LogEnd(Lsn.parse("0/3000"), START.plusSeconds(1)));
    ends.applied.put(SOUTH, progress(10, "0/1000", START.minusSeconds(2)));
    ends.says(RoleReport.READER, "STREAMING", START);
    ends.says(RoleReport.applier(SOUTH), "FOLLOWING", START);
    return ends;
  }

  public void says(String role, String state, Instant at) {
    roles.removeIf(report -> report.role().equals(role));
    roles.add(new RoleReport(role, "host/1", state, "", at));
  }

  public void loseSource() {
    logEnd = Optional.empty();
  }

  public void loseJournal() {
    journalAway = true;
  }

  public void loseSouth() {
    southAway = true;
  }

  static MirrorFacts facts(long epoch, DatabaseName source, MirrorFacts.State state) {
    return new MirrorFacts(
        new Epoch(epoch),
        source,
        "postgresql",
        "1",
        1,
        "understudy_shop",
        "topic",
        state,
        Optional.empty(),
        START);
  }

  static JournalEntry heartbeat(long sequence, String position, Instant commitTime) {
    return entry(sequence, position, commitTime, new Body.Heartbeat());
  }

  static JournalEntry entry(long sequence, String position, Instant commitTime, Body body) {
    return new JournalEntry(
        sequence,
        commitTime,
        new JournalRecord(
            SHOP, Epoch.FIRST, 1, new Sequence(sequence), Lsn.parse(position), commitTime, body));
  }

  static Progress progress(long sequence, String position, Instant commitTime) {
    return new Progress(
        Epoch.FIRST, new Sequence(sequence), Lsn.parse(position), commitTime, "topic", sequence);
  }

  @Override
  public StateStore.Facts facts() {
    requireJournal();
    return new StateStore.Facts(facts, roles, verified);
  }

  @Override
  public Optional<JournalEntry> tail() {
    requireJournal();
    return tail;
  }

  @Override
  public LogEnd logEnd(DatabaseName source) {
    logEndsAsked.incrementAndGet();
    if (sourceHangs) {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return logEnd.orElseThrow(
        () -> new MirrorException.Transient(source + " does not accept connections", null));
  }

  @Override
  public Optional<Progress> progress(DatabaseName standby) {
    if (southAway) {
      throw new MirrorException.Operator(
          "the password of " + standby + " is wrong", "correct databases." + standby + ".password");
    }
    return Optional.ofNullable(applied.get(standby));
  }

  @Override
  public void close() {
    release.countDown();
  }

  private void requireJournal() {
    if (journalAway) {
      throw new MirrorException.Transient("the brokers do not answer", null);
    }
  }
}
