package io.understudy.app.status;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The status as a table for people: who, in what state, how far, how far behind, and why. */
public final class StatusText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final List<String> TITLES =
      List.of("", "state", "sequence", "position", "commit time (UTC)", "behind the source");
  private static final String NONE = "-";

  private StatusText() {}

  /** Lines, without colours, without a line end behind the last one. */
  public static String of(StatusReport report) {
    List<List<String>> rows = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    rows.add(TITLES);
    if (!report.journal().reachable()) {
      rows.add(row("journal", report.journal().state().name(), Optional.empty(), ""));
      notes.add(note("journal", report.journal().detail()));
    }
    source(report, rows, notes);
    rows.add(
        row(
            "reader",
            report.reader().state(),
            report.reader().journaled(),
            behind(report.reader().lag())));
    notes.add(note("reader", report.reader().detail()));
    report
        .standbys()
        .forEach(
            (name, standby) -> {
              rows.add(
                  row(name.value(), standby.state(), standby.applied(), behind(standby.lag())));
              notes.add(note(name.value(), standby.detail()));
              standby
                  .verified()
                  .ifPresent(
                      fact ->
                          notes.add(
                              note(
                                  name.value(),
                                  "verified "
                                      + fact.result()
                                      + " at sequence "
                                      + fact.sequence()
                                      + ", "
                                      + TIME.format(fact.at()))));
            });
    report
        .controllers()
        .forEach(
            it -> {
              rows.add(row("controller", it.state(), Optional.empty(), ""));
              String mode = it.mode().isEmpty() ? "" : it.mode() + ", ";
              notes.add(note("controller " + it.process(), mode + it.detail()));
            });
    notes.add(note("mirror", next(report.state())));
    String text = headline(report) + "\n\n" + table(rows);
    notes.removeIf(String::isEmpty);
    return notes.isEmpty() ? text : text + "\n\n" + String.join("\n", notes);
  }

  private static String headline(StatusReport report) {
    return "mirror "
        + report.mirror()
        + "   "
        + report.state()
        + "   epoch "
        + report.epoch().map(Object::toString).orElse("unknown")
        + "   source "
        + report.source().map(Object::toString).orElse("unknown")
        + "   at "
        + TIME.format(report.at());
  }

  /** What a mirror that cannot run in its state waits for. */
  private static String next(String state) {
    return switch (state) {
      case "NOT_INITIALIZED" -> "not made yet (understudy init)";
      case "INITIALIZING" -> "its init is not complete (understudy init)";
      case "PREPARING", "CLOSING", "DRAINING", "SEALING", "REOPENING" ->
          "a switchover is under way; if nobody is at it any more: the same understudy switchover"
              + " again, or understudy switchover --cancel";
      case "OPENING" ->
          "a switchover is nearly complete; if nobody is at it any more: the same understudy"
              + " switchover again";
      case "PROMOTING", "ENDING", "INSTALLING" ->
          "its promotion is not complete (the same understudy promote again)";
      case "PROMOTED" -> "no standby follows the source (understudy init --again)";
      default -> "";
    };
  }

  private static void source(StatusReport report, List<List<String>> rows, List<String> notes) {
    String name = report.source().map(Object::toString).orElse("source");
    String position = report.reader().logEnd().map(end -> end.position().encoded()).orElse(NONE);
    rows.add(List.of(name, report.reader().database().state().name(), NONE, position, NONE, ""));
    notes.add(note(name, report.reader().database().detail()));
  }

  private static List<String> row(String name, String state, Optional<Mark> mark, String behind) {
    return List.of(
        name,
        state,
        mark.map(it -> it.sequence().toString()).orElse(NONE),
        mark.map(it -> it.position().encoded()).orElse(NONE),
        mark.map(it -> time(it.commitTime())).orElse(NONE),
        behind);
  }

  private static String note(String name, String detail) {
    return detail.isEmpty() ? "" : name + ": " + detail;
  }

  private static String table(List<List<String>> rows) {
    int[] widths = new int[TITLES.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i);
        line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return String.join("\n", lines);
  }

  private static String behind(Lag lag) {
    List<String> parts = new ArrayList<>();
    lag.time().ifPresent(time -> parts.add(duration(time)));
    lag.transactions().ifPresent(count -> parts.add(count + " transactions"));
    lag.bytes().ifPresent(bytes -> parts.add(size(bytes)));
    return parts.isEmpty() ? "unknown" : String.join(", ", parts);
  }

  private static String time(Instant instant) {
    return TIME.format(instant);
  }

  static String duration(Duration duration) {
    if (duration.toMinutes() < 1) {
      return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }
    if (duration.toHours() < 1) {
      return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
    return duration.toDays() < 1
        ? duration.toHours() + " h " + duration.toMinutesPart() + " min"
        : duration.toDays() + " d " + duration.toHoursPart() + " h";
  }

  static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
