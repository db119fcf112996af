package io.understudy.app;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes SIGINT and SIGTERM an orderly end for commands that run until told to stop: what {@link
 * #stopWith} named is run, and the process ends with the exit code that the command then comes to,
 * 0 after a clean stop. A command that names nothing is ended at once (exit code 130 or 143).
 * Whoever does not stop within {@link #PATIENCE} is ended with 1, which loses nothing: it is a
 * kill.
 */
public final class StopSignal {
  /** Below the 10 s after which container engines kill. */
  static final Duration PATIENCE = Duration.ofSeconds(9);

  private final AtomicReference<Optional<Runnable>> stop = new AtomicReference<>(Optional.empty());
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  /** One for the process. */
  static StopSignal install() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::stopped, "stop-signal"));
    return signal;
  }

  /**
   * @param action run on a thread of its own; makes the command return soon, and may itself wait
   */
  public void stopWith(Runnable action) {
    stop.set(Optional.of(action));
  }

  /** Ends the process, as the command's last act. */
  void exit(int code) {
    exitCode.complete(code);
    System.exit(code);
  }

  private void stopped() {
    if (exitCode.isDone() || stop.get().isEmpty()) {
      return;
    }
    Thread action = new Thread(stop.get().get(), "stopping");
    action.setDaemon(true);
    action.start();
    int code = ExitCode.FAILED.number();
    try {
      code = exitCode.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      System.err.println("understudy: did not stop within " + PATIENCE.toSeconds() + " s; ended");
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      System.err.println("understudy: ended while stopping");
    }
    // The process would otherwise end with the signal's code, however well it stopped.
    Runtime.getRuntime().halt(code);
  }
}
