package io.understudy.testkit;

import io.understudy.journal.embedded.LoopbackPorts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL server run from the unpacked programs, as a child process under a watchdog. */
final class EmbeddedPostgres implements PostgresServer {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int PORT_TRIES = 5;
  private static final int TAIL_BYTES = 4_000;

  private final PostgresBinaries binaries;
  private final PostgresCluster cluster;
  private final PostgresSettings settings;
  private final Watchdog watchdog;
  private int port;
  private Process postmaster;

  private EmbeddedPostgres(
      PostgresBinaries binaries,
      PostgresCluster cluster,
      PostgresSettings settings,
      Watchdog watchdog) {
    this.binaries = binaries;
    this.cluster = cluster;
    this.settings = settings;
    this.watchdog = watchdog;
  }

  static EmbeddedPostgres start(PostgresSettings settings) {
    PostgresBinaries binaries = PostgresBinaries.unpacked(settings.major());
    Watchdog watchdog = Watchdog.start();
    try {
      PostgresCluster cluster = PostgresCluster.create(binaries, settings, watchdog);
      EmbeddedPostgres server = new EmbeddedPostgres(binaries, cluster, settings, watchdog);
      server.startOnFreePort();
      return server;
    } catch (RuntimeException | Error e) {
      closeAfter(e, watchdog);
      throw e;
    }
  }

  @Override
  public String host() {
    return "127.0.0.1";
  }

  @Override
  public synchronized int port() {
    return port;
  }

  @Override
  public String version() {
    return binaries.version();
  }

  @Override
  public String password() {
    return settings.password().orElse("");
  }

  @Override
  public synchronized void startAgain() {
    if (isRunning()) {
      throw new IllegalStateException("PostgreSQL on port " + port + " runs already");
    }
    if (!run()) {
      throw failure("another program took its port " + port);
    }
  }

  @Override
  public synchronized void stop(StopMode mode) {
    if (isRunning()) {
      Processes.signal(mode.signal(), List.of(postmaster.pid()));
      awaitEnd("stop (" + mode + ")");
    }
  }

  @Override
  public synchronized void kill9() {
    if (isRunning()) {
      // Frozen first: then no child can be born that the kill would miss.
      Processes.freeze(List.of(postmaster.pid()));
      List<Long> family = new ArrayList<>(pids(postmaster.children()));
      family.add(0, postmaster.pid());
      Processes.signal("KILL", family);
      awaitEnd("kill -9");
      Processes.awaitEnd(family, STOP_LIMIT);
    }
  }

  @Override
  public synchronized void pause() {
    Processes.freeze(List.of(postmaster.pid()));
    Processes.freeze(pids(postmaster.children()));
  }

  @Override
  public synchronized void resume() {
    Processes.signal("CONT", pids(postmaster.children()));
    Processes.signal("CONT", List.of(postmaster.pid()));
  }

  @Override
  public synchronized boolean isRunning() {
    return postmaster != null && postmaster.isAlive();
  }

  @Override
  public String logTail() {
    return Folders.tail(cluster.log(), TAIL_BYTES);
  }

  @Override
  public synchronized void close() {
    if (!isRunning()) {
      cluster.releaseMemory();
    }
    watchdog.close();
  }

  private synchronized void startOnFreePort() {
    for (int i = 0; i < PORT_TRIES; i++) {
      try {
        port = LoopbackPorts.free();
      } catch (IOException e) {
        throw new ServerException("PostgreSQL has no port: " + e.getMessage(), e);
      }
      if (run()) {
        return;
      }
    }
    throw failure("another program took its port, " + PORT_TRIES + " times");
  }

  /** False if the port was taken. */
  private boolean run() {
    cluster.forgetDeadServer();
    try {
      postmaster =
          watchdog.start(
              "QUIT",
              new ProcessBuilder(cluster.serverCommand(port))
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.appendTo(cluster.log().toFile())));
    } catch (IOException e) {
      throw new ServerException("PostgreSQL could not be started: " + e, e);
    }
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!cluster.isReady(postmaster.pid())) {
      if (!postmaster.isAlive()) {
        if (logTail().contains("could not create any TCP/IP sockets")) {
          return false;
        }
        throw failure("ended with exit code " + postmaster.exitValue() + " while starting");
      }
      if (System.nanoTime() > deadline) {
        throw failure("was not ready after " + START_LIMIT.toSeconds() + " s");
      }
      Processes.pause(POLL, "PostgreSQL was starting");
    }
    return true;
  }

  private void awaitEnd(String what) {
    try {
      if (!postmaster.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failure(what + " took longer than " + STOP_LIMIT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      throw Processes.interrupted("PostgreSQL should " + what, e);
    }
  }

  private ServerException failure(String what) {
    return new ServerException(
        "PostgreSQL " + version() + " in " + cluster.data() + ": " + what + "\n" + logTail());
  }

  private static List<Long> pids(Stream<ProcessHandle> processes) {
    return processes.map(ProcessHandle::pid).toList();
  }

  private static void closeAfter(Throwable failure, Watchdog watchdog) {
    try {
      watchdog.close();
    } catch (ServerException e) {
      failure.addSuppressed(e);
    }
  }
}
