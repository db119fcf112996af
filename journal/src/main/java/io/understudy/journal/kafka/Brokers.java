package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;

/**
 * Asks the brokers questions. Keeps one connection, and replaces it when the brokers have moved or
 * did not answer. Safe for use by several threads.
 */
final class Brokers implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Clients clients;
  private final JournalLimits limits;
  private Admin admin;
  private String address;

  Brokers(Clients clients, JournalLimits limits) {
    this.clients = clients;
    this.limits = limits;
  }

  /** The answer, within the limit of a call; Kafka's own exceptions come out sorted. */
  <T> T ask(String operation, Function<Admin, KafkaFuture<T>> question) {
    try {
      return question
          .apply(admin())
          .get(limits.call().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException | KafkaException e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      if (cause instanceof TimeoutException
          || cause instanceof org.apache.kafka.common.errors.TimeoutException) {
        close();
        throw new MirrorException.Transient(
            operation
                + " failed: no broker at "
                + clients.bootstrap()
                + " answered within "
                + limits.call().toSeconds()
                + " s",
            cause);
      }
      throw KafkaErrors.of(operation, cause);
    }
  }

  @Override
  public synchronized void close() {
    if (admin != null) {
      clients.close(admin);
      admin = null;
    }
  }

  private synchronized Admin admin() {
    String now = clients.bootstrap();
    if (admin != null && !now.equals(address)) {
      close();
    }
    if (admin == null) {
      admin = clients.admin(now);
      address = now;
    }
    return admin;
  }
}
