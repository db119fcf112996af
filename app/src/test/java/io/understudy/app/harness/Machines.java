package io.understudy.app.harness;

import io.understudy.testkit.KafkaServer;
import io.understudy.testkit.PostgresServer;
import io.understudy.testkit.PostgresSettings;
import java.util.ArrayDeque;
import java.util.Deque;

/** Two database servers and a broker, which several mirrors can use one after the other. */
public final class Machines implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final PostgresServer source;
  private final PostgresServer standby;
  private final KafkaServer kafka;

  public Machines() {
    this(PostgresSettings.defaults());
  }

  /**
   * @param settings of both database servers
   */
  public Machines(PostgresSettings settings) {
    try {
      source = open(PostgresServer.start(settings));
      standby = open(PostgresServer.start(settings));
      kafka = open(KafkaServer.start());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  public PostgresServer source() {
    return source;
  }

  public PostgresServer standby() {
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
