package io.understudy.app.chaos;

import io.understudy.app.harness.Findings;
import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.Position;
import io.understudy.journal.Value;
import java.util.HashSet;
import java.util.Set;

/**
 * What holds in every journal, checked record by record: sequences are dense, each transaction is
 * complete exactly once, positions rise with every transaction, epochs and terms never fall. In
 * these tests also: the numbers of the {@link Ledger}'s rows are 1, 2, 3, … in the order of the
 * journal, each with as many lines as it announces.
 */
final class JournalRules {
  static final String JOURNAL = "journal";
  private static final String LEDGER = "ledger";
  private static final String LINES = "ledger_line";
  private static final String HISTORY = "pgbench_history";

  private final Findings findings;
  private final Set<String> sourceTransactions = new HashSet<>();
  private final Set<Long> terms = new HashSet<>();
  private JournalRecord last;
  private Position position;
  private long complete;
  private Open open;
  private long abandoned;
  private long ledgerNumber;
  private long historyRows;

  JournalRules(Findings findings) {
    this.findings = findings;
  }

  /** The number of complete transactions. */
  long transactions() {
    return complete;
  }

  /** How many readers, one after the other, completed a transaction each. */
  int terms() {
    return terms.size();
  }

  /** How many large transactions were begun and started anew. */
  long abandoned() {
    return abandoned;
  }

  /** The highest number of a ledger row in a complete transaction. */
  long ledgerNumber() {
    return ledgerNumber;
  }

  /** How many rows complete transactions added to pgbench's history. */
  long historyRows() {
    return historyRows;
  }

  /** The next record of the journal. */
  void accept(long offset, JournalRecord record) {
    if (last == null) {
      if (!(record.body() instanceof Body.Marker marker
          && marker.name().equals(Body.Marker.BEGIN))) {
        add(offset, "the first record is no '" + Body.Marker.BEGIN + "' marker");
      }
      position = record.position();
      complete = record.sequence().value();
    } else {
      if (record.epoch().compareTo(last.epoch()) < 0 || record.term() < last.term()) {
        add(offset, "epoch or term falls behind that of the record before it");
      }
      if (record.body() instanceof Body.Piece piece) {
        piece(offset, record, piece);
      } else if (beginsEpoch(record)) {
        position = record.position();
        sourceTransactions.clear(); // another server counts its own
      } else if (record.sequence().value() != complete || position.isAfter(record.position())) {
        add(
            offset,
            "%s with sequence %s at %s, where %d transactions are complete at %s"
                .formatted(
                    record.body().getClass().getSimpleName(),
                    record.sequence(),
                    record.position().encoded(),
                    complete,
                    position.encoded()));
      } else {
        position = record.position();
      }
    }
    last = record;
  }

  private boolean beginsEpoch(JournalRecord record) {
    return last.body() instanceof Body.Seal
        && record.epoch().equals(last.epoch().next())
        && record.sequence().value() == complete
        && record.body() instanceof Body.Marker marker
        && marker.name().equals(Body.Marker.BEGIN);
  }

  /** The journal ends here. */
  void end() {
    if (last == null) {
      findings.add(JOURNAL, "it is empty");
    } else if (open != null) {
      findings.add(JOURNAL, "transaction " + (complete + 1) + " is incomplete at the end");
    }
  }

  private void piece(long offset, JournalRecord record, Body.Piece piece) {
    long sequence = record.sequence().value();
    if (sequence != complete + 1) {
      add(offset, "sequence " + sequence + " follows " + complete);
      complete = sequence - 1;
      open = null;
    }
    if (piece.piece() == 0) {
      abandoned += open == null ? 0 : 1;
      open = new Open(piece.sourceTransaction());
    }
    if (open == null
        || piece.piece() != open.nextPiece
        || piece.changesBefore() != open.changes
        || !piece.sourceTransaction().equals(open.sourceTransaction)) {
      add(offset, "piece " + piece.piece() + " of sequence " + sequence + " does not fit");
      open = open == null ? new Open(piece.sourceTransaction()) : open;
    }
    piece.changes().forEach(open::change);
    open.nextPiece = piece.piece() + 1;
    open.changes = piece.changesBefore() + piece.changes().size();
    if (piece.last()) {
      complete(offset, record);
    } else if (record.position().isAfter(position)) {
      add(offset, "a piece that is not the last has a position of its own");
    }
  }

  private void complete(long offset, JournalRecord record) {
    if (!record.position().isAfter(position)) {
      add(
          offset,
          "position %s of sequence %s is not after %s"
              .formatted(record.position().encoded(), record.sequence(), position.encoded()));
    }
    if (!sourceTransactions.add(open.sourceTransaction)) {
      add(offset, "source transaction " + open.sourceTransaction + " is there twice");
    }
    if (open.ledgerRows > 1 || open.announced != open.lines) {
      add(
          offset,
          "sequence %s has %d ledger rows that announce %d lines, and %d lines"
              .formatted(record.sequence(), open.ledgerRows, open.announced, open.lines));
    }
    if (open.ledgerRows > 0) {
      if (open.ledgerNumber != ledgerNumber + 1) {
        add(offset, "ledger row " + open.ledgerNumber + " follows " + ledgerNumber);
      }
      ledgerNumber = open.ledgerNumber;
    }
    terms.add(record.term());
    historyRows += open.historyRows;
    position = record.position();
    complete = record.sequence().value();
    open = null;
  }

  private void add(long offset, String finding) {
    findings.add(JOURNAL, "offset " + offset + ": " + finding);
  }

  /** The transaction whose pieces are being read. */
  private static final class Open {
    private final String sourceTransaction;
    private int nextPiece;
    private long changes;
    private int ledgerRows;
    private long ledgerNumber;
    private long announced;
    private long lines;
    private long historyRows;

    Open(String sourceTransaction) {
      this.sourceTransaction = sourceTransaction;
    }

    void change(Change change) {
      if (change instanceof Change.Insert insert) {
        String table = insert.relation().table().table();
        if (table.equals(LEDGER)) {
          ledgerRows++;
          ledgerNumber = number(insert, "number");
          announced += number(insert, "announced");
        } else if (table.equals(LINES)) {
          lines++;
        } else if (table.equals(HISTORY)) {
          historyRows++;
        }
      }
    }

    private static long number(Change.Insert insert, String column) {
      for (int i = 0; i < insert.relation().columns().size(); i++) {
        if (insert.relation().columns().get(i).name().equals(column)
            && insert.after().get(i) instanceof Value.Text text) {
          return Long.parseLong(text.text());
        }
      }
      throw new IllegalStateException("no number in column " + column + " of the ledger");
    }
  }
}
