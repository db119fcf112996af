package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RowPipeTest {
  private final RowPipe pipe = new RowPipe();

  @Test
  void whatIsWrittenIsReadWhateverTheSizes() throws Exception {
    byte[] sent = new byte[5_000_000];
    new Random(1).nextBytes(sent);
    CompletableFuture<byte[]> received =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                RowPipe.Rows in = pipe.new Rows();
                byte[] buffer = new byte[70_000];
                for (int i = 1; ; i = (i + 977) % buffer.length) {
                  int read = in.read(buffer, 0, i);
                  if (read < 0) {
                    return all.toByteArray();
                  }
                  all.write(buffer, 0, read);
                  int one = in.read();
                  if (one >= 0) {
                    all.write(one);
                  }
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    RowPipe.Sink out = pipe.new Sink();
    int at = 0;
    for (int i = 0; at < sent.length; i = (i + 3_011) % 200_000) {
      int length = Math.min(i, sent.length - at);
      out.write(sent, at, length);
      at += length;
      if (at < sent.length) {
        out.write(sent[at++]);
      }
    }
    out.complete();
    assertThat(received.get()).isEqualTo(sent);
  }

  @Test
  void aWriterThatGoesLeavesNoEnd() throws Exception {
    RowPipe.Sink out = pipe.new Sink();
    out.write(new byte[100_000]);
    out.flush();
    pipe.breakOff("the writer is gone");
    assertThatThrownBy(() -> pipe.new Rows().read()).hasMessage("the writer is gone");
  }

  @Test
  void aReaderThatGoesEndsAWriterThatWaits() throws Exception {
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(
            () -> {
              try {
                pipe.new Rows().read();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              pipe.breakOff("the reader is gone");
            });
    RowPipe.Sink out = pipe.new Sink();
    assertThatThrownBy(
            () -> {
              while (true) {
                out.write(new byte[1000]);
              }
            })
        .hasMessage("the reader is gone");
    reader.get();
  }
}
