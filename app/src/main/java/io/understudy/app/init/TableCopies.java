package io.understudy.app.init;

import io.understudy.applier.Standby;
import io.understudy.connectors.CopyPart;
import io.understudy.connectors.InitialCopy;
import io.understudy.journal.Relation;
import io.understudy.journal.RowForm;
import io.understudy.journal.TableName;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Copies parts of tables to one standby, the largest table first, as many parts at a time as the
 * copy has sessions. A table is complete when all its parts are. Whoever copied its last one sees
 * to what the table needs then, as long as there are rows for others to copy meanwhile: the
 * source's snapshot is not kept for that alone.
 */
final class TableCopies {
  private final InitialCopy from;
  private final Standby to;
  private final CopyProgress progress;
  private final Map<TableName, Integer> partsLeft = new HashMap<>();
  private final Map<TableName, RowForm> forms = new HashMap<>();
  private final Completed then;
  private int waiting;

  /** What is done with a table that has its rows. */
  interface Completed {
    void table(TableName name) throws InterruptedException;
  }

  TableCopies(InitialCopy from, Standby to, CopyProgress progress, Completed then) {
    this.from = from;
    this.to = to;
    this.progress = progress;
    this.then = then;
  }

  void run(List<CopyPart> parts) throws InterruptedException {
    for (CopyPart part : parts) {
      if (partsLeft.merge(part.table().table(), 1, Integer::sum) == 1) {
        forms.put(part.table().table(), form(part.table()));
      }
    }
    waiting = parts.size();
    Parallel.each(from.sessions(), largestFirst(parts), this::copy);
  }

  /** One table after the other, so that what an interruption leaves is complete tables. */
  private static List<CopyPart> largestFirst(List<CopyPart> parts) {
    Map<TableName, Long> bytes =
        parts.stream()
            .collect(
                Collectors.groupingBy(
                    part -> part.table().table(), Collectors.summingLong(CopyPart::bytes)));
    return parts.stream()
        .sorted(
            Comparator.comparing((CopyPart part) -> bytes.get(part.table().table()))
                .reversed()
                .thenComparing(part -> part.table().table().toString())
                .thenComparing(CopyPart::fromPage))
        .toList();
  }

  /** Rows stay as they are between servers of one kind; others are told by text alone. */
  private RowForm form(Relation table) {
    Optional<String> there = from.binaryForm(table);
    return there.isPresent() && there.equals(to.binaryForm(table)) ? RowForm.BINARY : RowForm.TEXT;
  }

  private void copy(CopyPart part) throws InterruptedException {
    begin();
    RowForm form = forms.get(part.table().table());
    long rows =
        TablePipe.copy(
            from,
            part,
            form,
            (table, lines) -> to.copyIn(table, form, lines),
            bytes -> progress.moved(part, bytes));
    boolean last = isLast(part);
    if (last) {
      to.completeTable(part.table(), from.position());
    }
    progress.done(part, rows);
    if (last && partsWait()) {
      then.table(part.table().table());
    }
  }

  private synchronized void begin() {
    waiting--;
  }

  private synchronized boolean partsWait() {
    return waiting > 0;
  }

  private synchronized boolean isLast(CopyPart part) {
    return partsLeft.merge(part.table().table(), -1, Integer::sum) == 0;
  }
}
