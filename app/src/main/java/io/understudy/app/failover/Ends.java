package io.understudy.app.failover;

import io.understudy.app.config.MirrorConfig;
import io.understudy.app.run.Databases;
import io.understudy.applier.Gate;
import io.understudy.applier.Standby;
import io.understudy.connectors.Source;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.kafka.Journal;

/** The two databases of a change, each in both of its roles; connected when first used. */
final class Ends implements AutoCloseable {
  private final DatabaseName sourceName;
  private final DatabaseName targetName;
  private final Source source;
  private final Source targetAsSource;
  private final Standby target;
  private final Standby sourceAsStandby;

  Ends(MirrorConfig config, Journal journal, DatabaseName source, DatabaseName target) {
    this.sourceName = source;
    this.targetName = target;
    this.source = Databases.source(config, source);
    this.targetAsSource = Databases.source(config, target, journal);
    this.target = Databases.standby(config, target);
    this.sourceAsStandby = Databases.standby(config, source);
  }

  DatabaseName sourceName() {
    return sourceName;
  }

  DatabaseName targetName() {
    return targetName;
  }

  Source source() {
    return source;
  }

  Source targetAsSource() {
    return targetAsSource;
  }

  Standby target() {
    return target;
  }

  Standby sourceAsStandby() {
    return sourceAsStandby;
  }

  Gate sourceGate() {
    return gate(sourceAsStandby);
  }

  Gate targetGate() {
    return gate(target);
  }

  private static Gate gate(Standby of) {
    return of.gate()
        .orElseThrow(
            () ->
                new MirrorException.Operator(
                    "a switchover is not possible on this engine yet",
                    "stop the clients, wait until the standby has all, then: understudy promote"));
  }

  @Override
  public void close() {
    source.close();
    targetAsSource.close();
    target.close();
    sourceAsStandby.close();
  }
}
