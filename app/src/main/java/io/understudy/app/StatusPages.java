package io.understudy.app;

import io.understudy.app.config.ListenAddress;
import io.understudy.app.config.MirrorConfig;
import io.understudy.app.http.Health;
import io.understudy.app.http.StatusCache;
import io.understudy.app.http.StatusServer;
import io.understudy.app.status.StatusSource;
import io.understudy.journal.kafka.Journal;
import java.util.Optional;

/** The HTTP pages of a running mirror, with the status behind them; none if none are wanted. */
final class StatusPages implements AutoCloseable {
  private final Optional<StatusServer> server;
  private final Optional<StatusSource> status;

  private StatusPages(Optional<StatusServer> server, Optional<StatusSource> status) {
    this.server = server;
    this.status = status;
  }

  /**
   * @throws io.understudy.journal.MirrorException.Operator if nobody can listen there
   */
  static StatusPages start(
      MirrorConfig config, Optional<ListenAddress> listen, Journal journal, Health health) {
    if (listen.isEmpty()) {
      return new StatusPages(Optional.empty(), Optional.empty());
    }
    StatusSource status = StatusAccess.of(config, journal);
    try {
      StatusServer server =
          StatusServer.start(
              listen.get(),
              config.mirror(),
              config.databases().keySet(),
              new StatusCache(status),
              health);
      return new StatusPages(Optional.of(server), Optional.of(status));
    } catch (RuntimeException e) {
      status.close();
      throw e;
    }
  }

  @Override
  public void close() {
    server.ifPresent(StatusServer::close);
    status.ifPresent(StatusSource::close);
  }
}
