package io.understudy.verify;

import io.understudy.journal.MirrorException;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** A session on either side, which work at the same time. Owned by one thread at a time. */
final class Lane implements AutoCloseable {
  private final Scan source;
  private final Scan standby;
  private final ExecutorService beside;

  /**
   * @param beside runs the standby's half
   */
  Lane(Scan source, Scan standby, ExecutorService beside) {
    this.source = source;
    this.standby = standby;
    this.beside = beside;
  }

  Scan source() {
    return source;
  }

  Scan standby() {
    return standby;
  }

  /** Work on one side. */
  interface Work<R> {
    R on(Scan scan) throws SQLException, RewrittenException, InterruptedException;
  }

  /** What both sides came to. */
  record Both<R>(R source, R standby) {}

  <R> Both<R> both(Work<R> onSource, Work<R> onStandby)
      throws SQLException, RewrittenException, InterruptedException {
    Future<R> other = beside.submit(() -> onStandby.on(standby));
    R here;
    try {
      here = onSource.on(source);
    } catch (SQLException | RewrittenException | InterruptedException | RuntimeException e) {
      await(other, e);
      throw e;
    }
    return new Both<>(here, await(other, null));
  }

  /** Never leaves the other session at work. */
  private static <R> R await(Future<R> other, Exception failure)
      throws SQLException, RewrittenException, InterruptedException {
    try {
      return other.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (failure != null) {
        failure.addSuppressed(cause);
        return null;
      }
      if (cause instanceof SQLException sql) {
        throw sql;
      }
      if (cause instanceof RewrittenException rewritten) {
        throw rewritten;
      }
      if (cause instanceof InterruptedException) {
        throw new InterruptedException("the comparison was stopped");
      }
      throw new MirrorException.Invariant("comparing rows failed: " + cause, "report this", cause);
    }
  }

  @Override
  public void close() throws SQLException {
    try (standby) {
      source.close();
    }
  }
}
