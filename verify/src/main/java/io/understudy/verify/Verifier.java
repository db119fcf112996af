package io.understudy.verify;

import io.understudy.journal.MirrorException;
import io.understudy.journal.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Compares tables in two snapshots of the same commit. Plans on the caller's thread, and compares
 * on as many lanes as the limits allow. Closing it ends its sessions, also under a comparison.
 */
public final class Verifier implements AutoCloseable {
  private final VerifyLimits limits;
  private final VerifyProgress progress;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Scan planning;
  private final Scan planningStandby;
  private final BlockingQueue<Lane> lanes;
  private final ExecutorService parts;
  private final ExecutorService beside;

  /** Opens all its sessions at once: the snapshots need not be kept any longer. */
  public Verifier(Snapshot source, Snapshot standby, VerifyLimits limits, VerifyProgress progress) {
    this.limits = limits;
    this.progress = progress;
    this.parts = Executors.newFixedThreadPool(limits.sessions(), named("verify"));
    this.beside = Executors.newFixedThreadPool(limits.sessions(), named("verify-standby"));
    this.lanes = new ArrayBlockingQueue<>(limits.sessions());
    try {
      this.planning = open("the source", source);
      this.planningStandby = open("the standby", standby);
      for (int i = 0; i < limits.sessions(); i++) {
        lanes.add(new Lane(open("the source", source), open("the standby", standby), beside));
      }
    } catch (SQLException e) {
      MirrorException failure = failed("opening sessions to compare", e);
      close();
      throw failure;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static java.util.concurrent.ThreadFactory named(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private Scan open(String side, Snapshot snapshot) throws SQLException {
    Scan scan = new Scan(side, snapshot.open(), limits.maxLoad());
    opened.push(scan);
    return scan;
  }

  /**
   * @return one result a table, in the order of the tables; partitions that the two sides cut in
   *     different ways come as the partitioned table
   */
  public List<TableResult> compare(Collection<TableName> tables) throws InterruptedException {
    try {
      Pair.Found found = Pair.find(planning.connection(), planningStandby.connection(), tables);
      progress.planned(
          found.pairs().stream()
              .collect(Collectors.toMap(Pair::table, pair -> pair.source().bytes())));
      List<TableResult> results = new ArrayList<>();
      found
          .missing()
          .forEach(
              (table, why) ->
                  results.add(
                      TableResult.notCompared(table, TableResult.Outcome.NOT_COMPARED, why)));
      results.forEach(progress::done);
      Deque<Running> running = new ArrayDeque<>();
      for (Pair pair : found.pairs()) {
        running.add(begin(pair));
        while (running.size() > limits.sessions() && running.peek().isDone()) {
          results.add(end(running.poll()));
        }
      }
      while (!running.isEmpty()) {
        results.add(end(running.poll()));
      }
      return results;
    } catch (SQLException e) {
      throw failed("comparing rows", e);
    }
  }

  /** A pair whose parts are with the lanes. */
  private record Running(
      Pair pair, Comparison comparison, List<Future<?>> parts, long began, String rewritten) {
    boolean isDone() {
      return parts.stream().allMatch(Future::isDone);
    }
  }

  private Running begin(Pair pair) throws SQLException, InterruptedException {
    Comparison comparison =
        pair.ordered() ? new ByKey(pair, limits, new Random()) : new AsBag(pair, limits);
    List<Future<?>> futures = new ArrayList<>();
    long began = System.nanoTime();
    try {
      for (Comparison.Part part = comparison.next(planning);
          part != null;
          part = comparison.next(planning)) {
        Comparison.Part next = part;
        futures.add(parts.submit(() -> onLane(next, pair, comparison)));
        waitForRoom(futures);
      }
      return new Running(pair, comparison, futures, began, "");
    } catch (RewrittenException e) {
      return new Running(pair, comparison, futures, began, e.getMessage());
    }
  }

  /** Planning runs ahead of comparing by a few parts only. */
  private void waitForRoom(List<Future<?>> futures) throws InterruptedException {
    int ahead = futures.size() - 4 * limits.sessions();
    if (ahead >= 0) {
      try {
        futures.get(ahead).get();
      } catch (ExecutionException e) {
        return; // told at the table's end
      }
    }
  }

  private Void onLane(Comparison.Part part, Pair pair, Comparison comparison)
      throws SQLException, RewrittenException, InterruptedException {
    Lane lane = lanes.take();
    try {
      part.run(lane);
    } finally {
      lanes.add(lane);
    }
    progress.compared(pair.table(), comparison.share());
    return null;
  }

  private TableResult end(Running running) throws SQLException, InterruptedException {
    TableResult result;
    try {
      for (Future<?> part : running.parts()) {
        part.get();
      }
      if (!running.rewritten().isEmpty()) {
        throw new RewrittenException(running.rewritten());
      }
      parts
          .submit(() -> onLane(running.comparison()::finish, running.pair(), running.comparison()))
          .get();
      result = result(running);
    } catch (RewrittenException e) {
      result =
          TableResult.notCompared(
              running.pair().table(), TableResult.Outcome.AGAIN, e.getMessage());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof RewrittenException)) {
        throw rethrown(e.getCause());
      }
      result =
          TableResult.notCompared(
              running.pair().table(), TableResult.Outcome.AGAIN, e.getCause().getMessage());
    }
    progress.done(result);
    return result;
  }

  private static RuntimeException rethrown(Throwable cause)
      throws SQLException, InterruptedException {
    if (cause instanceof SQLException sql) {
      throw sql;
    }
    if (cause instanceof InterruptedException) {
      throw new InterruptedException("the comparison was stopped");
    }
    return cause instanceof RuntimeException runtime
        ? runtime
        : new MirrorException.Invariant("comparing rows failed: " + cause, "report this", cause);
  }

  private TableResult result(Running running) {
    Comparison comparison = running.comparison();
    Pair pair = running.pair();
    List<RowDifference> differences = comparison.differences();
    boolean same = differences.isEmpty() && comparison.complete();
    return new TableResult(
        pair.table(),
        same ? TableResult.Outcome.IDENTICAL : TableResult.Outcome.DIFFERENT,
        comparison.compared().rows(),
        comparison.compared().bytes(),
        Duration.ofNanos(System.nanoTime() - running.began()),
        pair.columns(),
        pair.writable(),
        pair.key(),
        differences,
        comparison.complete(),
        "");
  }

  private static MirrorException failed(String operation, SQLException e) {
    return new MirrorException.Operator(
        operation + " failed: " + e.getMessage(),
        "see to what the server says, and verify again",
        e);
  }

  @Override
  public void close() {
    parts.shutdownNow();
    beside.shutdownNow();
    RuntimeException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        failure = new IllegalStateException("closing a session that compared failed", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
