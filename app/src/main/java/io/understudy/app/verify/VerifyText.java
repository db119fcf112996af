package io.understudy.app.verify;

import io.understudy.applier.Rendezvous;
import io.understudy.journal.TableName;
import io.understudy.verify.RowDifference;
import io.understudy.verify.TableResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A verification's outcome as a table for people. */
public final class VerifyText {
  private VerifyText() {}

  /**
   * Lines, without a line end behind the last one.
   *
   * @param mostRows how many differing rows of a table are named
   */
  public static String of(VerifyReport report, int mostRows) {
    List<String> lines = new ArrayList<>();
    lines.add(
        report.standby()
            + " against "
            + report.source()
            + " at "
            + report.at().position().encoded()
            + ", sequence "
            + report.at().sequence()
            + ", committed "
            + report.at().commitTime());
    int width =
        report.tables().stream().mapToInt(it -> it.table().toString().length()).max().orElse(0);
    for (TableResult table : report.tables()) {
      lines.add(line(table, width));
      table.differences().stream().limit(mostRows).forEach(it -> lines.add("    " + row(it)));
      int unnamed = table.differences().size() - mostRows;
      if (unnamed > 0 || !table.complete()) {
        lines.add(
            "    and "
                + (unnamed > 0 ? unnamed + " more" : "more")
                + (table.complete() ? "" : ", at least: not all were looked for"));
      }
    }
    repaired(report, lines);
    lines.add(conclusion(report));
    return String.join("\n", lines);
  }

  private static String line(TableResult table, int width) {
    String name = String.format(Locale.ROOT, "%-" + Math.max(1, width) + "s", table.table());
    return switch (table.outcome()) {
      case IDENTICAL -> name + numbers(table) + "  identical";
      case DIFFERENT -> name + numbers(table) + "  DIFFERENT: " + counted(table);
      case AGAIN, NOT_COMPARED -> name + "  NOT COMPARED: " + table.detail();
    };
  }

  private static String numbers(TableResult table) {
    return String.format(
        Locale.ROOT,
        "  %,12d rows  %10s  %7.1f s",
        table.rows(),
        VerifyTelling.size(table.bytes()),
        table.time().toMillis() / 1e3);
  }

  private static String counted(TableResult table) {
    return (table.complete() ? "" : "at least ") + rows(table.differences().size());
  }

  private static String rows(long count) {
    return count == 1 ? "1 row" : count + " rows";
  }

  private static String row(RowDifference row) {
    String which =
        row.key().isEmpty()
            ? "row " + row.text()
            : row.key().entrySet().stream()
                .map(it -> it.getKey() + "=" + it.getValue())
                .collect(Collectors.joining(", "));
    return switch (row.kind()) {
      case DIFFERENT ->
          "differs: "
              + which
              + (row.columns().isEmpty() ? "" : "; in " + String.join(", ", row.columns()));
      case MISSING -> "missing on the standby: " + which + times(row);
      case EXTRA -> "on the standby only: " + which + times(row);
    };
  }

  private static String times(RowDifference row) {
    return row.onSource() + row.onStandby() == 1
        ? ""
        : " (" + row.onSource() + " on the source, " + row.onStandby() + " on the standby)";
  }

  private static void repaired(VerifyReport report, List<String> lines) {
    Map<TableName, Map<Rendezvous.Outcome, Long>> counts =
        report.repaired().stream()
            .collect(
                Collectors.groupingBy(
                    Rendezvous.Repaired::table,
                    () -> new TreeMap<>(java.util.Comparator.comparing(TableName::toString)),
                    Collectors.groupingBy(
                        Rendezvous.Repaired::outcome, TreeMap::new, Collectors.counting())));
    counts.forEach(
        (table, outcomes) ->
            lines.add(
                "repaired "
                    + table
                    + ": "
                    + outcomes.entrySet().stream()
                        .map(
                            it ->
                                it.getValue()
                                    + " "
                                    + (it.getKey() == Rendezvous.Outcome.ALIKE
                                        ? "alike by then"
                                        : it.getKey().name().toLowerCase(Locale.ROOT)))
                        .collect(Collectors.joining(", "))));
  }

  private static String conclusion(VerifyReport report) {
    String sample = report.sampled() ? ", as far as sampled" : "";
    String rest =
        report.notCompared() == 0 ? "" : "; " + report.notCompared() + " tables not compared";
    return switch (report.result()) {
      case IDENTICAL -> "identical" + sample;
      case DIFFERENT -> "DIFFERENT: " + rows(report.differing()) + sample + rest;
      case REPAIRED -> "repaired: " + rows(report.differing()) + " differed, and were put right";
      case INCOMPLETE -> "nothing differs" + sample + rest;
    };
  }
}
