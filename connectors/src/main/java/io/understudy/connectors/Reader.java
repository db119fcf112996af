package io.understudy.connectors;

import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Position;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a source's log into the journal. One thread runs one {@link #run() reign}: take the
 * journal over, read its tail, open the log behind it, and go on until stopped or until something
 * fails. The next reign starts the same way, so a failure of any kind, a lost Kafka commit
 * included, is settled by the journal's content alone.
 *
 * <p>The source is acknowledged only what the journal has committed.
 */
public final class Reader {
  private static final Logger log = LoggerFactory.getLogger(Reader.class);

  private final Source source;
  private final SourceIdentity expected;
  private final Supplier<JournalSink> takeOver;
  private final ReaderLimits limits;
  private final Runnable onStreaming;
  private volatile boolean stopping;
  private volatile JournalRecord tail;
  private volatile Position acknowledged;

  /**
   * @param takeOver takes the journal over, fencing whoever had it
   * @param onStreaming called on the reader's thread each time the log is open
   */
  public Reader(
      Source source,
      SourceIdentity expected,
      Supplier<JournalSink> takeOver,
      ReaderLimits limits,
      Runnable onStreaming) {
    this.source = source;
    this.expected = expected;
    this.takeOver = takeOver;
    this.limits = limits;
    this.onStreaming = onStreaming;
  }

  /** The tail found at the last take-over; empty before the first. */
  public Optional<JournalRecord> tail() {
    return Optional.ofNullable(tail);
  }

  /** What the source was last told to be durable; empty before the first time. */
  public Optional<Position> acknowledged() {
    return Optional.ofNullable(acknowledged);
  }

  /** Lets {@link #run()} return after the batch in hand. */
  public void stop() {
    stopping = true;
  }

  /**
   * @throws MirrorException whatever ended this reign; returns only after {@link #stop()}
   */
  public void run() throws InterruptedException {
    source.identity(); // one that is away must not cost anybody the journal, nor fill it
    try (JournalSink sink = takeOver.get()) {
      tail = sink.tail();
      Position from = sink.tail().position();
      log.info("reading on after position={} sequence={}", from.encoded(), sink.tail().complete());
      try (SourceLog sourceLog = source.open(expected, from);
          Heartbeat heartbeat = new Heartbeat(source, limits)) {
        onStreaming.run();
        follow(sink, sourceLog, heartbeat);
      }
    }
  }

  private void follow(JournalSink sink, SourceLog sourceLog, Heartbeat heartbeat)
      throws InterruptedException {
    Assembler assembler =
        new Assembler(
            sink.tail(), limits.pieceBytes(), limits.heartbeat().dividedBy(2), sink::append);
    Intake intake = new Intake(sourceLog, assembler, limits.gather());
    long lastEventNanos = System.nanoTime();
    while (!stopping) {
      boolean anything = intake.take(limits.pollTimeout());
      if (assembler.takeDirty()) {
        sink.commit();
      }
      if (anything) {
        lastEventNanos = System.nanoTime();
        sourceLog.acknowledge(assembler.position());
        acknowledged = assembler.position();
      } else if (System.nanoTime() - lastEventNanos > limits.silence().toNanos()) {
        requireSession();
        lastEventNanos = System.nanoTime();
      }
      heartbeat.check();
    }
  }

  private void requireSession() {
    if (!source.hasReader()) {
      throw new MirrorException.Transient(
          "the source sent nothing for "
              + limits.silence()
              + " and has no session of this reader any more",
          null);
    }
  }
}
