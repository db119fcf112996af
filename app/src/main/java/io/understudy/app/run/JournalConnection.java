package io.understudy.app.run;

import io.understudy.app.config.JournalSettings;
import io.understudy.app.config.MirrorConfig;
import io.understudy.journal.embedded.EmbeddedBroker;
import io.understudy.journal.kafka.Journal;
import io.understudy.journal.kafka.JournalLimits;
import io.understudy.journal.kafka.KafkaSettings;
import java.util.Optional;

/**
 * The journal as this process reaches it: on the user's cluster, or on the embedded broker, which
 * this connection keeps running.
 */
public final class JournalConnection implements AutoCloseable {
  private final Optional<EmbeddedBroker> broker;
  private final Journal journal;

  private JournalConnection(Optional<EmbeddedBroker> broker, Journal journal) {
    this.broker = broker;
    this.journal = journal;
  }

  public static JournalConnection open(MirrorConfig config) throws InterruptedException {
    JournalSettings settings = config.journal();
    JournalLimits limits = JournalLimits.DEFAULT.with(settings.pieceBytes(), settings.retention());
    if (settings.brokers() instanceof JournalSettings.Cluster cluster) {
      KafkaSettings kafka =
          KafkaSettings.cluster(
              cluster.bootstrapServers(), cluster.client(), settings.replicationFactor());
      return new JournalConnection(
          Optional.empty(), Journal.connect(config.mirror(), kafka, limits));
    }
    JournalSettings.Embedded embedded = (JournalSettings.Embedded) settings.brokers();
    EmbeddedBroker broker = EmbeddedBroker.attach(embedded.folder());
    KafkaSettings kafka = KafkaSettings.embedded(broker::bootstrapServers);
    return new JournalConnection(
        Optional.of(broker), Journal.connect(config.mirror(), kafka, limits));
  }

  public Journal journal() {
    return journal;
  }

  @Override
  public void close() {
    journal.close();
    broker.ifPresent(EmbeddedBroker::close);
  }
}
