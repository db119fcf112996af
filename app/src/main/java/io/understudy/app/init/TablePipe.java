package io.understudy.app.init;

import io.understudy.applier.Standby;
import io.understudy.connectors.InitialCopy;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongConsumer;

/**
 * Copies one table from the source's snapshot to a standby: the source writes on the caller's
 * thread, the standby reads on another, with a bounded buffer between. Whichever side fails ends
 * the other; a torn stream is never taken for a complete one.
 */
final class TablePipe {
  private static final int BUFFER_BYTES = 1 << 20;

  private final PipedInputStream pipe = new PipedInputStream(BUFFER_BYTES);
  private final Relation table;
  private volatile boolean sentAll;

  private TablePipe(Relation table) {
    this.table = table;
  }

  /**
   * Returns the number of rows, which is the same on both sides.
   *
   * @param onRows told now and then how many rows have been taken
   */
  static long copy(InitialCopy from, Relation table, Standby to, LongConsumer onRows)
      throws InterruptedException {
    return new TablePipe(table).run(from, to, onRows);
  }

  private long run(InitialCopy from, Standby to, LongConsumer onRows) throws InterruptedException {
    FutureTask<Long> taking = new FutureTask<>(() -> to.copyIn(table, new Rows(onRows)));
    Thread thread = new Thread(taking, "copy-in");
    thread.setDaemon(true);
    long sent = -1;
    Exception sendFailure = null;
    try (PipedOutputStream out = new PipedOutputStream(pipe)) {
      thread.start();
      sent = from.copy(table, out);
      sentAll = true;
    } catch (IOException | RuntimeException e) {
      sendFailure = e;
    }
    long taken = -1;
    try {
      taken = taking.get();
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
              + table.table()
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
            "copy of table " + table.table() + " broke off: " + cause.getMessage(), cause);
  }

  /**
   * The reading end: counts lines, closes the pipe so that the sender notices, and refuses a torn
   * end.
   */
  private final class Rows extends FilterInputStream {
    private static final int REPORT_EVERY = 10_000;
    private final LongConsumer onRows;
    private long rows;
    private long reported;

    Rows(LongConsumer onRows) {
      super(pipe);
      this.onRows = onRows;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read == '\n' ? 1 : 0);
      return end(read);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      int lines = 0;
      for (int i = offset; i < offset + read; i++) {
        lines += into[i] == '\n' ? 1 : 0;
      }
      count(lines);
      return end(read);
    }

    private int end(int read) throws IOException {
      if (read < 0 && !sentAll) {
        throw new IOException("the source's side of the copy failed");
      }
      return read;
    }

    private void count(int lines) {
      rows += lines;
      if (rows - reported >= REPORT_EVERY) {
        reported = rows;
        onRows.accept(rows);
      }
    }
  }
}
