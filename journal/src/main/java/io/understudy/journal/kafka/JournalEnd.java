package io.understudy.journal.kafka;

import io.understudy.journal.JournalEntry;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What {@link Journal#tail()} returns, for who looks several times a second: over one connection,
 * and the record is read only when there is another. Owned by one thread.
 */
public final class JournalEnd implements AutoCloseable {
  private final MirrorName mirror;
  private final TopicPartition journal;
  private final Clients clients;
  private final JournalLimits limits;
  private Optional<Consumer<byte[], byte[]>> consumer = Optional.empty();
  private String address = "";
  private Optional<Tail> last = Optional.empty();

  JournalEnd(MirrorName mirror, Clients clients, JournalLimits limits) {
    this.mirror = mirror;
    this.journal = new TopicPartition(mirror.journalTopic(), 0);
    this.clients = clients;
    this.limits = limits;
  }

  /** The last record that readers see, without its changes; empty if there is none. */
  public Optional<JournalEntry> look() {
    try {
      Consumer<byte[], byte[]> connected = connected();
      long end = connected.endOffsets(List.of(journal)).get(journal);
      if (last.filter(it -> it.end() == end).isEmpty()) {
        last = Optional.of(Tail.read(mirror, connected, Deadline.in(limits.call())));
      }
      return last.get().entry();
    } catch (KafkaException e) {
      close();
      throw KafkaErrors.of("reading the end of topic " + journal.topic(), e);
    } catch (MirrorException e) {
      close();
      throw e;
    }
  }

  private Consumer<byte[], byte[]> connected() {
    String now = clients.bootstrap();
    if (!now.equals(address)) {
      close();
      address = now;
    }
    if (consumer.isEmpty()) {
      consumer = Optional.of(clients.glance(now));
    }
    return consumer.get();
  }

  @Override
  public void close() {
    consumer.ifPresent(clients::close);
    consumer = Optional.empty();
    last = Optional.empty();
  }
}
