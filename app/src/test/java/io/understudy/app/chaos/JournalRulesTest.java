package io.understudy.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.app.harness.Findings;
import io.understudy.journal.Body;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Epoch;
import io.understudy.journal.JournalRecord;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.Sequence;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Journals that are whole pass; each way of being broken is found. */
class JournalRulesTest {
  private static final Relation LEDGER =
      new Relation(
          new TableName("public", "ledger"),
          List.of(new Column("number", "bigint", true), new Column("announced", "integer", false)));

  private final Findings findings = new Findings();
  private final JournalRules rules = new JournalRules(findings);
  private long offset;

  @BeforeEach
  void begin() {
    accept(1, 0, 100, new Body.Marker(Body.Marker.BEGIN));
  }

  @Test
  void passesAJournalWithHeartbeatsPiecesAndATransactionStartedAnew() {
    accept(1, 1, 110, whole("a", 1));
    accept(1, 1, 115, new Body.Heartbeat());
    accept(1, 2, 115, new Body.Piece("b", 0, false, 0, List.of(ledger(2))));
    accept(2, 2, 115, new Body.Piece("b", 0, false, 0, List.of(ledger(2))));
    accept(2, 2, 130, new Body.Piece("b", 1, true, 1, List.of()));
    rules.end();
    assertThat(findings.toString()).isEqualTo("no findings");
    assertThat(rules.transactions()).isEqualTo(2);
    assertThat(rules.abandoned()).isEqualTo(1);
    assertThat(rules.terms()).isEqualTo(2);
    assertThat(rules.ledgerNumber()).isEqualTo(2);
  }

  @Test
  void findsASequenceThatIsMissing() {
    accept(1, 2, 110, whole("a", 1));
    assertFound("sequence 2 follows 0");
  }

  @Test
  void findsASequenceThatIsThereTwice() {
    accept(1, 1, 110, whole("a", 1));
    accept(1, 1, 110, whole("a", 1));
    assertFound("sequence 1 follows 1");
  }

  @Test
  void findsATransactionThatIsThereTwiceUnderTwoSequences() {
    accept(1, 1, 110, whole("a", 1));
    accept(1, 2, 120, whole("a", 1));
    assertFound("source transaction a is there twice");
    assertFound("ledger row 1 follows 1");
  }

  @Test
  void findsASkippedTransactionWhereTheSequencesAreDense() {
    accept(1, 1, 110, whole("a", 1));
    accept(1, 2, 130, whole("c", 3));
    assertFound("ledger row 3 follows 1");
  }

  @Test
  void findsAPositionThatDoesNotRise() {
    accept(1, 1, 110, whole("a", 1));
    accept(1, 2, 110, whole("b", 2));
    assertFound("is not after");
  }

  @Test
  void findsAPieceThatIsMissing() {
    accept(1, 1, 100, new Body.Piece("a", 0, false, 0, List.of(ledger(1))));
    accept(1, 1, 120, new Body.Piece("a", 2, true, 2, List.of()));
    assertFound("piece 2 of sequence 1 does not fit");
  }

  @Test
  void findsATransactionCutInHalf() {
    accept(1, 1, 110, new Body.Piece("a", 0, true, 0, List.of(ledger(1, 3))));
    assertFound("1 ledger rows that announce 3 lines, and 0 lines");
  }

  @Test
  void findsAnIncompleteTransactionAtTheEnd() {
    accept(1, 1, 100, new Body.Piece("a", 0, false, 0, List.of(ledger(1))));
    rules.end();
    assertFound("transaction 1 is incomplete at the end");
  }

  @Test
  void findsATermThatFalls() {
    accept(2, 1, 110, whole("a", 1));
    accept(1, 2, 120, whole("b", 2));
    assertFound("epoch or term falls");
  }

  private void assertFound(String finding) {
    assertThat(findings.toString()).contains(finding);
  }

  private void accept(long term, long sequence, long position, Body body) {
    rules.accept(
        offset++,
        new JournalRecord(
            new MirrorName("chaos"),
            Epoch.FIRST,
            term,
            new Sequence(sequence),
            new Lsn(position),
            Instant.EPOCH,
            body));
  }

  private static Body whole(String transaction, long number) {
    return new Body.Piece(transaction, 0, true, 0, List.of(ledger(number)));
  }

  private static Change ledger(long number) {
    return ledger(number, 0);
  }

  private static Change ledger(long number, long lines) {
    return new Change.Insert(
        LEDGER,
        Row.of(new Value.Text(Long.toString(number)), new Value.Text(Long.toString(lines))));
  }
}
