package io.understudy.connectors.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.connectors.LogEvent;
import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.slot.SchemaMessages;
import io.understudy.journal.MirrorException;
import io.understudy.journal.postgres.Lsn;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyRowsTest {
  private static final byte[] HEADER =
      "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] TRAILER = {-1, -1};

  private final List<LogEvent> events = new ArrayList<>();
  private final Decoder decoder =
      new Decoder(
          new Tables(
              new TablePatterns(List.of("*.*"), List.of()), (table, columns, transaction) -> null),
          Messages.OWN,
          new SchemaMessages(false),
          new Lsn(1),
          events::add);
  private final CopyRows rows = new CopyRows(decoder);

  private static byte[] row(byte[] message) {
    return ByteBuffer.allocate(6 + message.length)
        .putShort((short) 1)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static byte[] together(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static final byte[] BEGIN = row(Messages.begin(16, 1));
  private static final byte[] COMMIT = row(Messages.commit(16, 32, 0));

  @Test
  void headerRowsAndTrailerMayComeTogetherOrApart() throws Exception {
    rows.accept(together(HEADER, BEGIN));
    rows.accept(COMMIT);
    assertThat(rows.ended()).isFalse();
    rows.accept(TRAILER);
    assertThat(rows.ended()).isTrue();
    assertThat(rows.rows()).isEqualTo(2);
    assertThat(events).hasSize(2);

    CopyRows empty = new CopyRows(decoder);
    empty.accept(together(HEADER, TRAILER));
    assertThat(empty.ended()).isTrue();
    assertThat(empty.rows()).isZero();
  }

  @Test
  void whatIsNoCopyOfOneColumnIsRefused() throws Exception {
    refused(new byte[] {1, 2, 3}, "ends early");
    refused(new byte[64], "begins no binary copy");
    rows.accept(HEADER);
    refused(new byte[] {0, 2, 0, 0, 0, 0}, "no row of one column");
    refused(new byte[] {0, 1, -1, -1, -1, -1}, "a value of -1 bytes");
    refused(new byte[] {0, 1, 0, 0, 0, 9, 'B'}, "ends early");
    rows.accept(TRAILER);
    refused(BEGIN, "no row of one column");
  }

  private void refused(byte[] chunk, String how) {
    assertThatThrownBy(() -> rows.accept(chunk))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining(how);
  }
}
