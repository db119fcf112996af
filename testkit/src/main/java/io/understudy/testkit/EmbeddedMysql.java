package io.understudy.testkit;

import io.understudy.journal.embedded.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server of MySQL or MariaDB run from the unpacked programs, as a child process under a watchdog.
 */
final class EmbeddedMysql implements MysqlServer {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int PORT_TRIES = 5;
  private static final int TAIL_BYTES = 4_000;
  private static final String READY = ": ready for connections.";
  private static final String PORT_TAKEN = "Do you already have another";

  private final MysqlFolder files;
  private final MysqlSettings settings;
  private final Watchdog watchdog;
  private final long serverId = MysqlFolder.randomServerId();
  private int port;
  private Process process;

  private EmbeddedMysql(MysqlFolder files, MysqlSettings settings, Watchdog watchdog) {
    this.files = files;
    this.settings = settings;
    this.watchdog = watchdog;
  }

  static EmbeddedMysql start(MysqlSettings settings) {
    MysqlBinaries binaries = MysqlBinaries.unpacked(settings.product());
    Watchdog watchdog = Watchdog.start();
    try {
      MysqlFolder files = MysqlFolder.create(binaries, settings, watchdog);
      EmbeddedMysql server = new EmbeddedMysql(files, settings, watchdog);
      server.startOnFreePort();
      return server;
    } catch (RuntimeException | Error e) {
      closeAfter(e, watchdog);
      throw e;
    }
  }

  @Override
  public MysqlProduct product() {
    return settings.product();
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
    return files.binaries().version();
  }

  @Override
  public String password() {
    return settings.password();
  }

  @Override
  public synchronized void startAgain() {
    if (isRunning()) {
      throw new IllegalStateException(product().title() + " on port " + port + " runs already");
    }
    if (!run()) {
      throw failure("another program took its port " + port);
    }
  }

  @Override
  public synchronized void stop() {
    if (isRunning()) {
      List<Long> family = family();
      Processes.signal("TERM", family);
      awaitEnd("stop");
      Processes.awaitEnd(family, STOP_LIMIT);
    }
  }

  @Override
  public synchronized void kill9() {
    if (isRunning()) {
      List<Long> family = family();
      Processes.signal("KILL", family);
      awaitEnd("kill -9");
      Processes.awaitEnd(family, STOP_LIMIT);
    }
  }

  @Override
  public synchronized void pause() {
    Processes.freeze(family());
  }

  @Override
  public synchronized void resume() {
    Processes.signal("CONT", family());
  }

  @Override
  public synchronized boolean isRunning() {
    return process != null && process.isAlive();
  }

  @Override
  public String logTail() {
    return Folders.tail(files.log(), TAIL_BYTES);
  }

  @Override
  public synchronized void close() {
    watchdog.close();
  }

  private synchronized void startOnFreePort() {
    for (int i = 0; i < PORT_TRIES; i++) {
      try {
        port = LoopbackPorts.free();
      } catch (IOException e) {
        throw new ServerException(product().title() + " has no port: " + e.getMessage(), e);
      }
      if (run()) {
        files.forgetFirstStatements();
        return;
      }
    }
    throw failure("another program took its port, " + PORT_TRIES + " times");
  }

  /** False if the port was taken. */
  private boolean run() {
    files.forgetDeadServer();
    long before;
    try {
      before = Files.exists(files.log()) ? Files.size(files.log()) : 0;
      process =
          watchdog.start(
              "KILL",
              new ProcessBuilder(files.serverCommand(settings, serverId, port))
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.appendTo(files.log().toFile())));
    } catch (IOException e) {
      throw new ServerException(product().title() + " could not be started: " + e, e);
    }
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!Folders.from(files.log(), before).contains(READY)) {
      if (!process.isAlive()) {
        String log = Folders.from(files.log(), before);
        if (log.contains(PORT_TAKEN)) {
          return false;
        }
        throw failure(
            MysqlBinaries.missingLibrary(log)
                .orElse("ended with exit code " + process.exitValue() + " while starting"));
      }
      if (System.nanoTime() > deadline) {
        throw failure("was not ready after " + START_LIMIT.toSeconds() + " s");
      }
      Processes.pause(POLL, product().title() + " was starting");
    }
    return true;
  }

  private void awaitEnd(String what) {
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failure(what + " took longer than " + STOP_LIMIT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      throw Processes.interrupted(product().title() + " should " + what, e);
    }
  }

  private ServerException failure(String what) {
    return new ServerException(
        product().title()
            + " "
            + version()
            + " in "
            + files.data()
            + ": "
            + what
            + "\n"
            + logTail());
  }

  /** The server, and the program that changed the user if that waits for it. */
  private List<Long> family() {
    List<Long> family = new ArrayList<>(List.of(process.pid()));
    try (Stream<ProcessHandle> children = process.descendants()) {
      children.map(ProcessHandle::pid).forEach(family::add);
    }
    return family;
  }

  private static void closeAfter(Throwable failure, Watchdog watchdog) {
    try {
      watchdog.close();
    } catch (ServerException e) {
      failure.addSuppressed(e);
    }
  }
}
