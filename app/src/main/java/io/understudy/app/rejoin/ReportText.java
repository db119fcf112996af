package io.understudy.app.rejoin;

import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A report for people. */
final class ReportText {
  private ReportText() {}

  static void write(Report report, OutputStream out) {
    PrintWriter lines = new PrintWriter(out, false, StandardCharsets.UTF_8);
    write(report, lines);
    lines.flush();
    if (lines.checkError()) {
      throw new UncheckedIOException(new IOException("not all of the report could be written"));
    }
  }

  private static void write(Report report, PrintWriter lines) {
    lines.println(summary(report));
    lines.println(
        "The journal ends with its transaction "
            + report.former().sequence()
            + ", at "
            + report.former().position().encoded()
            + ". What "
            + report.newSource()
            + " has is as of transaction "
            + report.asOf()
            + ".");
    report.obstacles().forEach(it -> lines.println("CANNOT BE UNDONE row by row: " + it));
    for (Report.Transaction transaction : report.transactions()) {
      lines.println();
      lines.println(
          "transaction "
              + transaction.extra().transaction()
              + " at "
              + transaction.extra().position().encoded()
              + ", committed "
              + transaction.extra().commitTime());
      transaction.lines().forEach(line -> add(lines, line, report));
    }
  }

  static String summary(Report report) {
    if (report.transactions().isEmpty()) {
      return report.former().database() + " holds nothing that the journal lacks";
    }
    return report.former().database()
        + " committed "
        + count(report.transactions().size(), "transaction")
        + " with "
        + count(report.changes(), "change")
        + " that the journal lacks; "
        + report.conflicts()
        + " of the changes conflict with what "
        + report.newSource()
        + " has";
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static void add(PrintWriter lines, Report.Line line, Report report) {
    Change change = line.change();
    String operation = "  " + Described.operation(change) + " ";
    if (change instanceof Change.SchemaChange schema) {
      lines.println(operation + schema.ddl().text());
      return;
    }
    Relation relation = change.relations().get(0);
    boolean keyed = relation.hasKey() && !(change instanceof Change.Truncate);
    lines.println(
        operation
            + change.relations().stream()
                .map(it -> it.table().toString())
                .collect(Collectors.joining(", "))
            + (keyed ? " " + values(relation, Described.key(change)) : ""));
    Described.former(change).ifPresent(row -> lines.println("    old: " + values(relation, row)));
    Described.latter(change).ifPresent(row -> lines.println("    new: " + values(relation, row)));
    if (keyed) {
      lines.println(
          "    on "
              + report.newSource()
              + ": "
              + line.there()
                  .map(there -> values(there.relation(), there.after()))
                  .orElse("no such row"));
    }
    line.conflicts().forEach(it -> lines.println("    CONFLICT: " + it));
  }

  private static String values(Relation relation, Row row) {
    List<String> values = new ArrayList<>();
    List<Column> columns = relation.columns();
    for (int i = 0; i < columns.size(); i++) {
      Value value = row.get(i);
      if (!(value instanceof Value.Unchanged)) {
        String text = Described.text(value);
        values.add(
            columns.get(i).name()
                + "="
                + (text == null ? "NULL" : "'" + text.replace("'", "''") + "'"));
      }
    }
    return String.join(", ", values);
  }
}
