package io.understudy.journal.embedded;

import io.understudy.journal.MirrorException;
import java.util.Optional;

/**
 * What the broker's process says when it gives up, as one line of text: to the process that started
 * it over its standard output, to those attached over the control port.
 */
record BrokerReport(String message, String remedy) {
  private static final String MARK = "understudy-broker-failed";

  static BrokerReport of(MirrorException failure) {
    return new BrokerReport(failure.getMessage(), failure.remedy());
  }

  String line() {
    return MARK + "\t" + oneLine(message) + "\t" + oneLine(remedy);
  }

  static Optional<BrokerReport> parse(String line) {
    String[] parts = line.split("\t", -1);
    return parts.length == 3 && parts[0].equals(MARK)
        ? Optional.of(new BrokerReport(parts[1], parts[2]))
        : Optional.empty();
  }

  MirrorException.Operator toException() {
    return new MirrorException.Operator(message, remedy);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
