package io.understudy.app.chaos;

import java.time.Duration;

/** Transactions of TPC-B by eight clients, for a while. */
interface Load {
  /** As fast as it goes. */
  void run(Duration duration, long seed) throws Exception;

  /** So many transactions a second. */
  void runAtRate(int rate, Duration duration, long seed) throws Exception;
}
