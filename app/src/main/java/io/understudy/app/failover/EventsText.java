package io.understudy.app.failover;

import io.understudy.journal.kafka.OperationFact;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Changes of the source as a list for people, the oldest first. */
public final class EventsText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final Set<OperationFact.Kind> TARGETED =
      EnumSet.of(OperationFact.Kind.SWITCHOVER, OperationFact.Kind.PROMOTE);

  private EventsText() {}

  /** Lines, without a line end behind the last one. */
  public static String of(List<OperationFact> operations) {
    if (operations.isEmpty()) {
      return "the source of this mirror never changed";
    }
    return String.join("\n\n", operations.stream().map(EventsText::one).toList());
  }

  private static String one(OperationFact operation) {
    StringBuilder text = new StringBuilder();
    text.append(TIME.format(operation.begun()))
        .append("  ")
        .append(operation.kind().name().toLowerCase(Locale.ROOT))
        .append(TARGETED.contains(operation.kind()) ? " --to " : " ")
        .append(operation.target())
        .append(", the source is ")
        .append(operation.source())
        .append(", epoch ")
        .append(operation.epoch());
    operation
        .until()
        .ifPresent(until -> text.append(", up to and with transaction ").append(until));
    for (OperationFact.Step step : operation.steps()) {
      text.append("\n  ")
          .append(TIME.format(step.at()))
          .append("  ")
          .append(step.state())
          .append(step.took().map(took -> "  " + took.toMillis() + " ms").orElse("  not ended"))
          .append("  by ")
          .append(step.by())
          .append("\n      because ")
          .append(step.why());
      if (!step.outcome().isEmpty()) {
        text.append("\n      ").append(step.outcome());
      }
    }
    text.append("\n  ").append(operation.isOver() ? operation.outcome() : "is not complete");
    return text.toString();
  }
}
