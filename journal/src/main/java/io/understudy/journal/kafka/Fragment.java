package io.understudy.journal.kafka;

import io.understudy.journal.codec.EncodedRecord;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * What a Kafka record says that holds a part of a journal record, in a header. A journal record
 * that fits one Kafka record has no such header.
 *
 * @param number 0, 1, 2, … within the journal record
 * @param total bytes of the journal record
 * @param checksum the journal record's own: what tells its fragments from another's
 */
record Fragment(int number, int total, int checksum) {
  private static final String KEY = "fragment";
  private static final int BYTES = 3 * Integer.BYTES;

  static Fragment of(int number, EncodedRecord record) {
    return new Fragment(number, Math.toIntExact(record.length()), record.checksum());
  }

  /**
   * Empty if the record holds a whole journal record.
   *
   * @throws IllegalArgumentException if there is a header, and it says nothing
   */
  static Optional<Fragment> of(ConsumerRecord<?, ?> record) {
    Header header = record.headers().lastHeader(KEY);
    if (header == null) {
      return Optional.empty();
    }
    if (header.value() == null || header.value().length != BYTES) {
      throw new IllegalArgumentException("has a header \"" + KEY + "\" of another form");
    }
    ByteBuffer bytes = ByteBuffer.wrap(header.value());
    return Optional.of(new Fragment(bytes.getInt(), bytes.getInt(), bytes.getInt()));
  }

  Header header() {
    return new RecordHeader(
        KEY, ByteBuffer.allocate(BYTES).putInt(number).putInt(total).putInt(checksum).array());
  }

  boolean isOfSameRecord(Fragment other) {
    return total == other.total && checksum == other.checksum;
  }
}
