package io.understudy.app.harness;

import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.KafkaServer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Two servers of one engine and a broker, which several mirrors can use one after the other. */
public final class Machines implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Engine engine;
  private final DatabaseServer source;
  private final DatabaseServer standby;
  private final KafkaServer kafka;

  public Machines(Engine engine) {
    this(engine, engine::start);
  }

  /**
   * @param servers starts one of that engine
   */
  public Machines(Engine engine, Supplier<DatabaseServer> servers) {
    this(engine, servers, KafkaServer::start);
  }

  /**
   * @param servers starts one of that engine
   * @param brokers starts what holds the journal
   */
  public Machines(Engine engine, Supplier<DatabaseServer> servers, Supplier<KafkaServer> brokers) {
    this.engine = engine;
    try {
      source = open(servers.get());
      standby = open(servers.get());
      kafka = open(brokers.get());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  public Engine engine() {
    return engine;
  }

  public DatabaseServer source() {
    return source;
  }

  public DatabaseServer standby() {
    return standby;
  }

  public KafkaServer kafka() {
    return kafka;
  }

  /** The broker as a victim. */
  public Victim broker() {
    return new Victim() {
      @Override
      public String name() {
        return "broker";
      }

      @Override
      public void kill() {
        kafka.kill9();
      }

      @Override
      public void start() {
        kafka.startAgain();
      }
    };
  }

  private <T extends AutoCloseable> T open(T server) {
    opened.push(server);
    return server;
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        failure =
            failure == null ? new IllegalStateException("a server did not close", e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
