package io.understudy.app.harness;

import io.understudy.testkit.DatabaseServer;
import io.understudy.testkit.KafkaServer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Two servers of one engine and a broker, which several mirrors can use one after the other. */
public final class Machines implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Engine engine;
  private final DatabaseServer source;
  private final DatabaseServer standby;
  private final KafkaServer kafka;

  public Machines(Engine engine) {
    this.engine = engine;
    try {
      source = open(engine.start());
      standby = open(engine.start());
      kafka = open(KafkaServer.start());
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
