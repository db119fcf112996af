package io.understudy.app.init;

import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongConsumer;

/**
 * Copies one part of a table from the source's snapshot to a standby: the source writes on the
 * caller's thread, the standby reads on another. Whichever side fails ends the other.
 */
final class TablePipe {
  private final RowPipe pipe = new RowPipe();
  private final CopyPart part;

  /** Where rows go. */
  interface Taker {
    long take(Relation table, InputStream rows) throws IOException;
  }

  private TablePipe(CopyPart part) {
    this.part = part;
  }

  /**
   * Returns the number of rows, which is the same on both sides.
   *
   * @param onBytes told again and again how many bytes have been taken, from another thread
   */
  static long copy(InitialCopy from, CopyPart part, RowForm form, Taker to, LongConsumer onBytes)
      throws InterruptedException {
    return new TablePipe(part).run(from, form, to, onBytes);
  }

  private long run(InitialCopy from, RowForm form, Taker to, LongConsumer onBytes)
      throws InterruptedException {
    FutureTask<Long> taking =
        new FutureTask<>(
            () -> {
              try {
                return to.take(part.table(), new Counted(onBytes));
              } finally {
                pipe.breakOff("the standby's side of the copy failed");
              }
            });
    Thread thread = new Thread(taking, "copy-in");
    thread.setDaemon(true);
    thread.start();
    long sent = -1;
    Exception sendFailure = null;
    try {
      RowPipe.Sink out = pipe.new Sink();
      sent = from.copy(part, form, out);
      out.complete();
    } catch (IOException | RuntimeException e) {
      sendFailure = e;
      pipe.breakOff("the source's side of the copy failed");
    }
    long taken;
    try {
      taken = taking.get();
    } catch (InterruptedException e) {
      pipe.breakOff("the copy was interrupted");
      throw e;
    } catch (ExecutionException e) {
      // A side that sees a broken pipe reports an IOException; the other one knows why.
      Throwable cause = e.getCause();
      throw broken(sendFailure == null || sendFailure instanceof IOException ? cause : sendFailure);
    }
    if (sendFailure != null) {
      throw broken(sendFailure);
    }
    if (sent != taken) {
      throw new MirrorException.Invariant(
          "copy of table "
              + part.table().table()
              + ": the source sent "
              + sent
              + " rows, the standby took "
              + taken,
          "look for triggers or rules on the standby's table that swallow rows, then run understudy init again");
    }
    return taken;
  }

  private MirrorException broken(Throwable cause) {
    return cause instanceof MirrorException known
        ? known
        : new MirrorException.Transient(
            "copy of table " + part.table().table() + " broke off: " + cause.getMessage(), cause);
  }

  /** Tells how much was read. */
  private final class Counted extends FilterInputStream {
    private final LongConsumer onBytes;
    private long bytes;

    Counted(LongConsumer onBytes) {
      super(pipe.new Rows());
      this.onBytes = onBytes;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      if (read >= 0) {
        bytes++;
      }
      return read;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      if (read > 0) {
        bytes += read;
        onBytes.accept(bytes);
      }
      return read;
    }
  }
}
