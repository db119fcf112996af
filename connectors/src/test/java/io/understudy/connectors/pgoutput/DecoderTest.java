package io.understudy.connectors.pgoutput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.connectors.LogEvent;
import io.understudy.connectors.TablePatterns;
import io.understudy.connectors.slot.LoggedColumn;
import io.understudy.connectors.slot.LoggedColumn.Identity;
import io.understudy.connectors.slot.SchemaMessages;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.Relation;
import io.understudy.journal.Row;
import io.understudy.journal.TableName;
import io.understudy.journal.Value;
import io.understudy.journal.postgres.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DecoderTest {
  private static final int INT4 = 23;
  private static final int TEXT = 25;
  private static final int BYTEA = 17;
  private static final Lsn TAIL = new Lsn(1000);
  private static final byte[] ITEMS =
      Messages.relation(7, "public", "items", 'd', "id", INT4, true, "note", TEXT, false);

  private final List<LogEvent> events = new ArrayList<>();
  private final List<TableName> lookedUp = new ArrayList<>();
  private final TablePatterns patterns =
      new TablePatterns(List.of("*.*"), List.of("public.skipped"));
  private String fullKey = "";
  private final Decoder decoder =
      new Decoder(
          new Tables(patterns, this::relation),
          Messages.OWN,
          new SchemaMessages(false),
          TAIL,
          events::add);

  private Relation relation(TableName table, List<LoggedColumn> columns, OptionalLong transaction) {
    lookedUp.add(table);
    return new Relation(
        table,
        columns.stream()
            .map(
                column ->
                    new Column(
                        column.name(),
                        "type " + column.type(),
                        column.identity() == Identity.INDEX || column.name().equals(fullKey)))
            .toList());
  }

  private void accept(byte[]... messages) throws Exception {
    for (byte[] message : messages) {
      decoder.accept(message, 0, message.length);
    }
  }

  private List<Change> changes() {
    return events.stream()
        .filter(LogEvent.Changed.class::isInstance)
        .map(event -> ((LogEvent.Changed) event).change())
        .toList();
  }

  private static Value text(String value) {
    return new Value.Text(value);
  }

  private static void broken(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String how) {
    assertThatThrownBy(call)
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("behind 0/")
        .hasMessageContaining(how);
  }

  @Test
  void readsAWholeTransaction() throws Exception {
    accept(
        Messages.begin(2000, -1),
        ITEMS,
        Messages.insert(7, Messages.row("1", null)),
        Messages.update(7, (char) 0, null, Messages.row("1", 'u')),
        Messages.delete(7, 'K', Messages.row("1", null)),
        Messages.commit(2000, 2048, 1_500_000));
    Relation items =
        new Relation(
            new TableName("public", "items"),
            List.of(new Column("id", "type 23", true), new Column("note", "type 25", false)));
    assertThat(events)
        .containsExactly(
            new LogEvent.Begin("4294967295"),
            new LogEvent.Changed(new Change.Insert(items, Row.of(text("1"), Value.NULL))),
            new LogEvent.Changed(
                new Change.Update(items, Optional.empty(), Row.of(text("1"), Value.UNCHANGED))),
            new LogEvent.Changed(new Change.Delete(items, Row.of(text("1"), Value.UNCHANGED))),
            new LogEvent.Commit(new Lsn(2048), Instant.parse("2000-01-01T00:00:01.500Z")));
    assertThat(decoder.committed()).isEqualTo(new Lsn(2048));
  }

  @Test
  void keepsOfAFormerRowWhatIdentifiesIt() throws Exception {
    accept(
        Messages.begin(2000, 1),
        ITEMS,
        Messages.update(7, 'K', Messages.row("1", null), Messages.row("2", 'u')));
    fullKey = "id";
    accept(
        Messages.relation(8, "public", "full", 'f', "id", INT4, true, "note", TEXT, true),
        Messages.update(8, 'O', Messages.row("1", "x"), Messages.row("1", "y")),
        Messages.update(8, 'O', Messages.row("1", "y"), Messages.row("2", "y")),
        Messages.delete(8, 'O', Messages.row("2", "y")));
    fullKey = "";
    accept(
        Messages.relation(9, "public", "keyless", 'f', "id", INT4, true, "note", TEXT, true),
        Messages.update(9, 'O', Messages.row("1", "x"), Messages.row("1", 'u')),
        Messages.delete(9, 'O', Messages.row("1", "x")));

    assertThat(changes())
        .extracting(
            change ->
                change instanceof Change.Update update
                    ? update.before()
                    : Optional.of(((Change.Delete) change).before()))
        .containsExactly(
            Optional.of(Row.of(text("1"), Value.UNCHANGED)),
            Optional.empty(),
            Optional.of(Row.of(text("1"), Value.UNCHANGED)),
            Optional.of(Row.of(text("2"), Value.UNCHANGED)),
            Optional.of(Row.of(text("1"), text("x"))),
            Optional.of(Row.of(text("1"), text("x"))));
  }

  @Test
  void passesOverTransactionsHandedOutBeforeAndLearnsTheirTables() throws Exception {
    accept(
        Messages.begin(900, 1),
        ITEMS,
        Messages.insert(7, Messages.row("1", "old")),
        Messages.logical(true, "own", "old"),
        Messages.truncate(7),
        Messages.commit(900, 1000, 0));
    assertThat(events).isEmpty();
    accept(
        Messages.begin(1000, 2),
        Messages.insert(7, Messages.row("2", "new")),
        Messages.commit(1000, 1040, 0));
    assertThat(changes())
        .extracting(change -> ((Change.Insert) change).after())
        .containsExactly(Row.of(text("2"), text("new")));
  }

  @Test
  void ordersPositionsWithoutSign() throws Exception {
    Decoder late =
        new Decoder(
            new Tables(patterns, this::relation),
            Messages.OWN,
            new SchemaMessages(false),
            new Lsn(-16),
            events::add);
    byte[] old = Messages.begin(Long.MAX_VALUE, 1);
    late.accept(old, 0, old.length);
    assertThat(events).isEmpty();
    accept(Messages.begin(-64, 1), Messages.commit(-64, -32, 0));
    assertThat(events).hasSize(2);
  }

  @Test
  void anEqualAnnouncementIsTheSameRelationAndAsksTheCatalogOnce() throws Exception {
    accept(Messages.begin(2000, 1), ITEMS, Messages.insert(7, Messages.row("1", null)));
    decoder.newSession();
    broken(
        () -> accept(Messages.insert(7, Messages.row("2", null))),
        "table number 7, which was not announced");
    accept(ITEMS, Messages.insert(7, Messages.row("2", null)));
    assertThat(changes().get(1).relations().get(0)).isSameAs(changes().get(0).relations().get(0));
    assertThat(lookedUp).hasSize(1);
    accept(Messages.relation(7, "public", "items", 'd', "id", INT4, true));
    assertThat(lookedUp).hasSize(2);
  }

  @Test
  void aKeyThatOnlyTheCatalogHasIsAskedForAtEachAnnouncement() throws Exception {
    byte[] full = Messages.relation(8, "public", "full", 'f', "id", INT4, true, "v", TEXT, true);
    fullKey = "id";
    accept(Messages.begin(2000, 1), full, Messages.delete(8, 'O', Messages.row("1", "x")));
    accept(full, Messages.delete(8, 'O', Messages.row("1", "x")));
    fullKey = "";
    accept(full, Messages.delete(8, 'O', Messages.row("1", "x")));
    List<Relation> relations = changes().stream().map(change -> change.relations().get(0)).toList();
    assertThat(relations.get(1)).isSameAs(relations.get(0));
    assertThat(relations).extracting(Relation::hasKey).containsExactly(true, true, false);
  }

  @Test
  void tablesOutsideTheMirrorAreDroppedAlsoFromTruncations() throws Exception {
    byte[] skipped = Messages.relation(9, "public", "skipped", 'd', "id", INT4, true);
    accept(
        Messages.begin(2000, 1),
        ITEMS,
        skipped,
        Messages.insert(9, Messages.row("1")),
        Messages.truncate(9),
        Messages.truncate(9, 7));
    assertThat(changes()).hasSize(1);
    assertThat(changes().get(0).relations())
        .extracting(relation -> relation.table().table())
        .containsExactly("items");
    assertThat(lookedUp).hasSize(1);
  }

  @Test
  void onlyTheMirrorsOwnTransactionalMessagesWithContentAreMarks() throws Exception {
    accept(
        Messages.own(false, "", "x"),
        Messages.begin(2000, 1),
        Messages.own(true, "", ""),
        Messages.own(false, "", "y"),
        Messages.logical(true, "other", "z"),
        Messages.own(true, "", "märk"),
        Messages.commit(2000, 2048, 0));
    assertThat(events)
        .filteredOn(LogEvent.Marked.class::isInstance)
        .containsExactly(new LogEvent.Marked("märk"));
  }

  @Test
  void whatOthersWriteUnderTheMirrorsNamesIsLeftOut() throws Exception {
    String ddl =
        """
        {"tag": "DROP TABLE", "query": "DROP TABLE t", "nth": 1, "role": "", "outside": false, "settings": {}}""";
    String sequences = "[[\"public\", \"s\", 1, true, 0, 0]]";
    String seal = new String(Messages.OWN.seal("other".getBytes(UTF_8)), UTF_8);
    accept(Messages.begin(2000, 1));
    for (String forged : List.of("", "x", "x".repeat(64), "x".repeat(100), seal + "else")) {
      accept(
          Messages.logical(true, "own", forged),
          Messages.logical(true, "own.ddl", forged + ddl),
          Messages.logical(true, "own.ddl", ddl + forged),
          Messages.logical(true, "own.sequences", forged + sequences));
    }
    assertThat(events).hasSize(1);
    accept(
        Messages.own(true, "", "x"),
        Messages.own(true, ".ddl", ddl),
        Messages.own(true, ".sequences", sequences));
    assertThat(events).hasSize(4);
  }

  @Test
  void binaryValuesAreBytesAndNoColumnsAreARow() throws Exception {
    accept(
        Messages.begin(2000, 1),
        Messages.relation(5, "public", "b", 'd', "v", BYTEA, true),
        Messages.insert(5, Messages.row("\\x00ff7a")),
        Messages.insert(5, Messages.row("\\x")),
        Messages.relation(6, "public", "none", 'f'),
        Messages.insert(6, Messages.row()),
        Messages.delete(6, 'O', Messages.row()));
    assertThat(changes())
        .filteredOn(Change.Insert.class::isInstance)
        .extracting(change -> ((Change.Insert) change).after())
        .containsExactly(
            Row.of(new Value.Bytes(new byte[] {0, -1, 0x7a})),
            Row.of(new Value.Bytes(new byte[0])),
            Row.of());
    broken(() -> accept(Messages.insert(5, Messages.row("\\x0"))), "hexadecimal");
    broken(() -> accept(Messages.insert(5, Messages.row("\\x0G"))), "hexadecimal");
    broken(() -> accept(Messages.insert(5, Messages.row("ab"))), "hexadecimal");
  }

  @Test
  void aTruncatedMessageSaysThatItEndsEarlyWhereverItIsCut() throws Exception {
    accept(Messages.begin(2000, 1), ITEMS);
    List<byte[]> messages =
        List.of(
            ITEMS,
            Messages.insert(7, Messages.row("1", "text")),
            Messages.update(7, 'K', Messages.row("1", null), Messages.row("2", "text")),
            Messages.delete(7, 'K', Messages.row("1", null)),
            Messages.truncate(7),
            Messages.logical(true, "own", "mark"),
            Messages.commit(2000, 2048, 0));
    for (byte[] message : messages) {
      for (int length = 0; length < message.length; length++) {
        byte[] cut = Arrays.copyOf(message, length);
        broken(() -> accept(cut), "ends early");
      }
    }
    byte[] longer = Arrays.copyOf(messages.get(1), messages.get(1).length + 1);
    broken(() -> accept(longer), "1 bytes too many");
  }

  @Test
  void foreignMessagesAreRefused() throws Exception {
    broken(() -> accept(new byte[] {'S', 0, 0}), "unknown kind 83");
    accept(Messages.begin(2000, 1), ITEMS);
    broken(() -> accept(Messages.insert(7, Messages.row("1"))), "1 values for the 2 columns");
    broken(() -> accept(Messages.insert(7, Messages.row("1", 'b'))), "unknown kind 98");
    broken(() -> accept(Messages.delete(7, 'N', Messages.row("1", null))), "former row");
    byte[] negative = Messages.insert(7, Messages.row("1", "x"));
    negative[negative.length - 5] = -1;
    broken(() -> accept(negative), "a value of -");
  }

  @Test
  void whatDoesNotFollowFromWhatCameBeforeIsRefused() throws Exception {
    broken(() -> accept(Messages.insert(7, Messages.row("1", null))), "outside a transaction");
    broken(() -> accept(Messages.truncate(7)), "outside a transaction");
    broken(() -> accept(Messages.commit(1, 2, 0)), "commits no transaction");
    broken(() -> accept(Messages.logical(true, "own", "x")), "outside a transaction");
    accept(Messages.begin(2000, 1));
    broken(() -> accept(Messages.begin(2000, 1)), "inside another one");
    broken(() -> accept(Messages.commit(2001, 2048, 0)), "another transaction than began");
    broken(() -> accept(Messages.commit(2000, 1000, 0)), "commits at 0/3E8");
    broken(() -> accept(Messages.insert(7, Messages.row("1", null))), "not announced");
    accept(Messages.commit(2000, 2048, 0), ITEMS, Messages.begin(2048, 2));
    assertThatThrownBy(() -> accept(Messages.update(7, (char) 0, null, Messages.row('u', "x"))))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("without the row's key");
  }

  @Test
  void anOldTransactionThatEndsBehindTheTailIsRefused() throws Exception {
    accept(Messages.begin(999, 1));
    broken(() -> accept(Messages.commit(999, 1001, 0)), "commits at 0/3E9");
  }
}
