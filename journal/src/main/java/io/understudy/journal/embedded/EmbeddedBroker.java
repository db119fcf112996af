package io.understudy.journal.embedded;

import io.understudy.journal.MirrorException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's hold on the embedded broker of a folder. The first process to attach starts the
 * broker in a child JVM, others find it; it ends by itself soon after the last has gone, however
 * that went. Should it die, whoever is attached starts it again: one supervising thread per
 * process, with capped back-off. A reason that needs somebody's hand ends the supervision; {@link
 * #bootstrapServers()} then throws it.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /** What this process knows of the broker. */
  public enum State {
    RUNNING,
    /** It died, and is being started again. */
    RESTARTING,
    /** It stopped for a reason that {@link #failure()} names, and stays stopped. */
    FAILED,
    /** This process has let go of it. */
    CLOSED
  }

  /** The most that a start may take, recovery after kill -9 included. */
  static final Duration START_LIMIT = Duration.ofSeconds(90);

  private static final Duration HELD_RETRY = Duration.ofMillis(250);
  private static final Duration MIN_BACK_OFF = Duration.ofMillis(200);
  private static final Duration MAX_BACK_OFF = Duration.ofSeconds(5);
  private static final Duration STABLE = Duration.ofSeconds(30);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

  private final BrokerFolder folder;
  private final Thread supervisor;
  private volatile State state = State.RUNNING;
  private volatile Attachment attachment;
  private volatile MirrorException trouble;

  private EmbeddedBroker(BrokerFolder folder, Attachment attachment) {
    this.folder = folder;
    this.attachment = attachment;
    this.supervisor = new Thread(this::supervise, "broker-supervisor");
    supervisor.setDaemon(true);
  }

  /**
   * Attaches to the broker of {@code directory}, starting it if it does not run.
   *
   * @throws MirrorException.Operator if the folder cannot be used or the disk is full
   * @throws MirrorException.Transient if the broker did not start, for a reason that may pass
   */
  public static EmbeddedBroker attach(Path directory) throws InterruptedException {
    BrokerFolder folder = new BrokerFolder(directory.toAbsolutePath().normalize());
    folder.prepare();
    EmbeddedBroker broker = new EmbeddedBroker(folder, connect(folder));
    broker.supervisor.start();
    return broker;
  }

  /**
   * Where the broker listens; after a restart this can be another port, so ask each time a client
   * is made.
   *
   * @throws MirrorException what stopped the broker for good
   */
  public String bootstrapServers() {
    if (state == State.FAILED) {
      throw trouble;
    }
    return attachment.address().bootstrapServers();
  }

  /** The process id of the broker, or of the last one while it is being started again. */
  public long pid() {
    return attachment.address().pid();
  }

  public State state() {
    return state;
  }

  /** Why the broker is stopped for good; while it restarts, why the last try failed. */
  public Optional<MirrorException> failure() {
    return Optional.ofNullable(trouble);
  }

  /** The room left on the folder's file system. */
  public long freeBytes() {
    return folder.freeBytes();
  }

  /** What must stay free there; below it the broker stops, before a full disk can break it. */
  public static long reserveBytes() {
    return BrokerFolder.RESERVE_BYTES;
  }

  /** Lets go of the broker, which ends by itself if this was the last process attached. */
  @Override
  public void close() {
    become(State.CLOSED, "closed by its user");
    attachment.close();
    supervisor.interrupt();
    try {
      supervisor.join(CLOSE_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    attachment.close();
  }

  private void supervise() {
    Duration backOff = Duration.ZERO;
    try {
      while (state != State.CLOSED) {
        long since = System.nanoTime();
        Optional<BrokerReport> last = attachment.awaitEnd();
        if (last.isPresent()) {
          fail(last.get().toException());
          return;
        }
        if (!become(State.RESTARTING, "the broker, process " + pid() + ", is gone")) {
          return;
        }
        boolean stable = System.nanoTime() - since >= STABLE.toNanos();
        backOff = reattach(stable ? Duration.ZERO : backOff);
      }
    } catch (InterruptedException e) {
      // close() ends the wait.
    } catch (MirrorException e) {
      fail(e);
    } catch (RuntimeException e) {
      fail(
          new MirrorException.Operator(
              "watching the embedded broker of " + folder.path() + " failed: " + e,
              "start this process again; the journal itself is safe",
              e));
    }
  }

  /** Returns how long to wait should the broker die again soon. */
  private Duration reattach(Duration first) throws InterruptedException {
    Duration backOff = first;
    while (true) {
      Thread.sleep(backOff.toMillis() * ThreadLocalRandom.current().nextInt(75, 126) / 100);
      backOff = next(backOff);
      try {
        attachment = connect(folder);
        trouble = null;
        if (!become(State.RUNNING, "the broker is process " + pid())) {
          attachment.close();
        }
        return backOff;
      } catch (MirrorException.Transient e) {
        trouble = e;
        LOG.warn("the embedded broker did not come back, retry in {} ms", backOff.toMillis(), e);
      }
    }
  }

  private static Duration next(Duration backOff) {
    Duration doubled = backOff.isZero() ? MIN_BACK_OFF : backOff.multipliedBy(2);
    return doubled.compareTo(MAX_BACK_OFF) > 0 ? MAX_BACK_OFF : doubled;
  }

  private static Attachment connect(BrokerFolder folder) throws InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      Optional<Attachment> found = folder.address().flatMap(Attachment::open);
      if (found.isPresent()) {
        return found.get();
      }
      folder.requireSpace();
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (left.isNegative()) {
        throw new MirrorException.Transient(
            "another process holds "
                + folder.lock()
                + folder
                    .address()
                    .map(a -> " (the last broker was process " + a.pid() + ")")
                    .orElse("")
                + " but does not answer for "
                + START_LIMIT.toSeconds()
                + " s\n"
                + folder.logTail(),
            null);
      }
      if (BrokerProcess.start(folder).await(left) == BrokerProcess.Outcome.HELD) {
        Thread.sleep(HELD_RETRY.toMillis());
      }
    }
  }

  private void fail(MirrorException reason) {
    trouble = reason;
    become(State.FAILED, reason.getMessage());
  }

  /** False if it is closed: nothing follows that. */
  private synchronized boolean become(State next, String why) {
    if (state == State.CLOSED) {
      return false;
    }
    LOG.info("embedded broker {}: state {} -> {}: {}", folder.path(), state, next, why);
    state = next;
    return true;
  }
}
