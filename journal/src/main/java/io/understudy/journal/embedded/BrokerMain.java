package io.understudy.journal.embedded;

import io.understudy.journal.MirrorException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The child JVM: takes the folder's lock, starts Kafka, publishes its address, and stays while a
 * process is attached and the disk has room. It obeys neither Ctrl-C nor SIGTERM (both reach whole
 * process groups, and the processes that use the broker must be able to finish their work first);
 * it ends by itself, and kill -9 loses nothing.
 *
 * <p>With {@code --stay FILE} it is a plain Kafka server with the settings of that file added: it
 * stays until SIGTERM, whoever is attached.
 */
public final class BrokerMain {
  /** Another process's broker holds the folder. */
  static final int EXIT_HELD = 75;

  /** The second argument of a broker that does not end by itself. */
  public static final String STAY = "--stay";

  /** What is printed once the broker can be reached. */
  public static final String READY = "understudy-broker-ready";

  private static final int EXIT_FAILED = 1;
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  /** How long the broker waits for its first user, and how long for the next after the last. */
  static final Duration FIRST_LINGER = Duration.ofSeconds(15);

  static final Duration LINGER = Duration.ofSeconds(3);
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(100);

  private static final Logger LOG = LoggerFactory.getLogger(BrokerMain.class);

  private BrokerMain() {}

  public static void main(String[] arguments) {
    BrokerFolder folder = new BrokerFolder(Path.of(arguments[0]));
    int exit;
    try {
      exit = run(folder, stayingSettings(arguments));
    } catch (MirrorException e) {
      LOG.error("the broker cannot start: {}; remedy: {}", e.getMessage(), e.remedy());
      System.out.println(BrokerReport.of(e).line());
      exit = EXIT_FAILED;
    } catch (Throwable e) {
      LOG.error("the broker failed", e);
      System.out.println(e);
      exit = EXIT_FAILED;
    }
    // Kafka leaves threads behind when a start fails half-way.
    Runtime.getRuntime().halt(exit);
  }

  /**
   * The options that a JVM with this main class needs, besides its memory.
   *
   * @param directory the folder of the broker, which is also its first argument
   */
  public static List<String> javaOptions(Path directory) {
    BrokerFolder folder = new BrokerFolder(directory);
    return List.of(
        "-Xshare:auto",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        // Its memory-mapped file in /tmp would be one more thing to break on a full disk.
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-CreateCoredumpOnCrash",
        "-XX:ErrorFile=" + folder.path().resolve("broker.crash.log"),
        "-Djava.io.tmpdir=" + folder.temporary(),
        "-Dlogback.configurationFile=io/understudy/journal/embedded/broker-logback.xml",
        "-Dunderstudy.broker.log=" + folder.log());
  }

  private static int run(BrokerFolder folder, Optional<Properties> staying)
      throws IOException, InterruptedException {
    try (FileChannel file =
            FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock()) {
      if (lock == null) {
        return EXIT_HELD;
      }
      folder.requireSpace();
      folder.emptyTemporary();
      Thread startLimit = limit("start", START_LIMIT);
      int port = port(folder);
      KafkaNode kafka = KafkaNode.start(folder, port, staying.orElseGet(Properties::new));
      String instance = UUID.randomUUID().toString();
      try (ControlPort control = ControlPort.open(instance)) {
        folder.publish(
            new BrokerAddress(ProcessHandle.current().pid(), port, control.port(), instance));
        startLimit.interrupt();
        LOG.info("the broker listens on 127.0.0.1:{}", port);
        System.out.println(READY);
        // Whoever reads our output may go at any time; nothing may wait for it.
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        if (staying.isPresent()) {
          Runtime.getRuntime().addShutdownHook(new Thread(kafka::stop, "broker-stop"));
          Thread.sleep(Long.MAX_VALUE);
        }
        watch(folder, control);
        Thread stopLimit = limit("stop", STOP_LIMIT);
        kafka.stop();
        stopLimit.interrupt();
      }
      LOG.info("the broker has stopped");
      return 0;
    }
  }

  /** With {@code --stay FILE}: the Kafka settings in that file, in addition to the usual ones. */
  private static Optional<Properties> stayingSettings(String[] arguments) throws IOException {
    if (arguments.length < 3 || !arguments[1].equals(STAY)) {
      return Optional.empty();
    }
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[2]))) {
      settings.load(reader);
    }
    return Optional.of(settings);
  }

  /** The port of last time, so that clients find the broker again; another one if it is taken. */
  private static int port(BrokerFolder folder) throws IOException {
    int last = folder.address().map(BrokerAddress::kafkaPort).orElse(0);
    return last > 0 && LoopbackPorts.isFree(last) ? last : LoopbackPorts.free();
  }

  private static void watch(BrokerFolder folder, ControlPort control) throws InterruptedException {
    while (!control.leaveIfIdleFor(control.hadVisitor() ? LINGER : FIRST_LINGER)) {
      try {
        folder.requireSpace();
      } catch (MirrorException.Operator e) {
        LOG.error("the broker stops: {}; remedy: {}", e.getMessage(), e.remedy());
        control.leave(BrokerReport.of(e));
        return;
      }
      Thread.sleep(WATCH_INTERVAL.toMillis());
    }
    LOG.info("no process is attached any more: the broker stops");
  }

  /** Ends the process if the step is not over, and the returned thread interrupted, by then. */
  private static Thread limit(String step, Duration limit) {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(limit.toMillis());
              } catch (InterruptedException e) {
                return;
              }
              LOG.error("the broker did not {} within {} s", step, limit.toSeconds());
              Runtime.getRuntime().halt(EXIT_FAILED);
            },
            "broker-" + step + "-limit");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
