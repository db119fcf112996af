package io.understudy.testkit;

import io.understudy.testkit.TcpProxy.Direction;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What a proxy does to the bytes that pass; its connections wait here for their turn. */
final class ProxyFaults {
  private final Map<Direction, Duration> delays = new EnumMap<>(Direction.class);
  private boolean blackHole;

  synchronized void delay(Direction direction, Duration time) {
    delays.put(direction, time);
    notifyAll();
  }

  synchronized void blackHole(boolean on) {
    blackHole = on;
    notifyAll();
  }

  synchronized void heal() {
    delays.clear();
    blackHole = false;
    notifyAll();
  }

  /** Returns when bytes that came at that time ({@link System#nanoTime()}) may go on. */
  synchronized void awaitTurn(Direction direction, long cameNanos) throws InterruptedException {
    while (true) {
      long left =
          cameNanos + delays.getOrDefault(direction, Duration.ZERO).toNanos() - System.nanoTime();
      if (blackHole) {
        wait();
      } else if (left > 0) {
        wait(left / 1_000_000, (int) (left % 1_000_000));
      } else {
        return;
      }
    }
  }
}
