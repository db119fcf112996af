package io.understudy.journal.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Marks the record by which a writer begins a term or ends an epoch with a number of its own: when
 * the outcome of writing it was not known, the writer recognizes its own record at the tail.
 */
final class ClaimHeader {
  private static final String KEY = "claim";

  private ClaimHeader() {}

  static List<Header> with(UUID claim) {
    return List.of(
        new RecordHeader(
            KEY,
            ByteBuffer.allocate(16)
                .putLong(claim.getMostSignificantBits())
                .putLong(claim.getLeastSignificantBits())
                .array()));
  }

  static Optional<UUID> of(ConsumerRecord<?, ?> record) {
    Header header = record.headers().lastHeader(KEY);
    if (header == null || header.value() == null || header.value().length != 16) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(header.value());
    return Optional.of(new UUID(bytes.getLong(), bytes.getLong()));
  }
}
