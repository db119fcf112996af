package io.understudy.app.init;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * Bytes from one thread to another, with a bounded number of chunks between. Ends only as its
 * writer says: a writer that goes without having completed it leaves a torn stream, which the
 * reader does not take for a complete one.
 */
final class RowPipe {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int CHUNKS = 16;

  private final Deque<byte[]> chunks = new ArrayDeque<>();
  private boolean complete;
  private IOException broken;

  /** Nothing more can be written or read; the first reason given stands. */
  synchronized void breakOff(String reason) {
    if (broken == null) {
      broken = new IOException(reason);
    }
    notifyAll();
  }

  private synchronized void put(byte[] chunk) throws IOException {
    waitWhile(() -> chunks.size() == CHUNKS && broken == null);
    requireWhole();
    chunks.add(chunk);
    notifyAll();
  }

  private synchronized void complete() {
    complete = true;
    notifyAll();
  }

  /** Null at the end. */
  private synchronized byte[] take() throws IOException {
    waitWhile(() -> chunks.isEmpty() && !complete && broken == null);
    requireWhole();
    byte[] chunk = chunks.poll();
    notifyAll();
    return chunk;
  }

  private void requireWhole() throws IOException {
    if (broken != null) {
      throw new IOException(broken.getMessage(), broken);
    }
  }

  private synchronized void waitWhile(BooleanSupplier condition) throws InterruptedIOException {
    try {
      while (condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the copy was interrupted");
    }
  }

  /** The writing end. Owned by one thread. */
  final class Sink extends OutputStream {
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int length;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
      int done = 0;
      while (done < count) {
        int part = Math.min(count - done, chunk.length - length);
        System.arraycopy(from, offset + done, chunk, length, part);
        length += part;
        done += part;
        if (length == chunk.length) {
          flush();
        }
      }
    }

    @Override
    public void flush() throws IOException {
      if (length > 0) {
        put(Arrays.copyOf(chunk, length));
        length = 0;
      }
    }

    /** All was written. */
    void complete() throws IOException {
      flush();
      RowPipe.this.complete();
    }
  }

  /** The reading end. Owned by one thread. */
  final class Rows extends InputStream {
    private byte[] chunk = {};
    private int at;

    @Override
    public int read() throws IOException {
      return fill() ? chunk[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, chunk.length - at);
      System.arraycopy(chunk, at, into, offset, count);
      at += count;
      return count;
    }

    private boolean fill() throws IOException {
      if (at == chunk.length) {
        chunk = take();
        at = 0;
        if (chunk == null) {
          chunk = new byte[0];
          return false;
        }
      }
      return true;
    }
  }
}
