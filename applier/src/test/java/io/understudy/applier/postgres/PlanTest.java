package io.understudy.applier.postgres;

import static io.understudy.applier.Changes.SAME;
import static io.understudy.applier.Changes.delete;
import static io.understudy.applier.Changes.insert;
import static io.understudy.applier.Changes.move;
import static io.understudy.applier.Changes.row;
import static io.understudy.applier.Changes.truncate;
import static io.understudy.applier.Changes.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.applier.RowChange;
import io.understudy.journal.Change;
import io.understudy.journal.Column;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final Relation A = relation("a");
  private static final Relation B = relation("b");

  @Test
  void gathersChangesOfOneTableAndKeepsTheirOrder() {
    assertThat(
            plan(
                insert(A, "1", "x"),
                insert(B, "1", "x"),
                insert(A, "2", "x"),
                update(B, "1", "y"),
                delete(A, "1", SAME),
                insert(A, "1", "z")))
        .containsExactly(
            "insert into a 1 2",
            "delete from a 1",
            "insert into a 1",
            "insert into b 1",
            "update of b 1");
  }

  @Test
  void separatesUpdatesThatLeaveDifferentColumnsAlone() {
    assertThat(
            plan(
                update(A, "1", "x"),
                update(A, "2", "x"),
                update(A, "3", SAME),
                move(A, row("4", SAME), "5", "x")))
        .containsExactly("update of a 1 2", "update of a 3", "update of a 4");
  }

  @Test
  void separatesRowsOfDifferentShapes() {
    Relation wider =
        new Relation(
            A.table(),
            List.of(
                new Column("id", "integer", true),
                new Column("v", "text", false),
                new Column("w", "text", false)));
    assertThat(plan(insert(A, "1", "x"), insert(wider, "2", "x", "y"), insert(wider, "3", "", "")))
        .containsExactly("insert into a 1", "insert into a 2 3");
  }

  @Test
  void aTruncateStandsBetweenAllTables() {
    assertThat(
            plan(
                insert(A, "1", "x"),
                insert(B, "1", "x"),
                truncate(A),
                insert(B, "2", "x"),
                insert(A, "2", "x")))
        .containsExactly(
            "insert into a 1",
            "insert into b 1",
            "truncate a",
            "insert into b 2",
            "insert into a 2");
  }

  @Test
  void truncatesNextToOneAnotherAreOne() {
    assertThat(plan(truncate(A), truncate(B), truncate(A), insert(A, "1", "x")))
        .containsExactly("truncate a b", "insert into a 1");
  }

  @Test
  void takesChangesOfATableWithoutAKeyTogether() {
    Relation bag = new Relation(A.table(), List.of(new Column("v", "text", false)));
    assertThat(
            plan(
                move(bag, row("a"), "b"),
                insert(bag, "new"),
                move(bag, row("b"), "c"),
                insert(bag, "gone"),
                delete(bag, "old"),
                delete(bag, "gone"),
                move(bag, row("x"), "y"),
                delete(bag, "y"),
                delete(bag, "again"),
                insert(bag, "again"),
                insert(bag, "twice"),
                insert(bag, "twice"),
                delete(bag, "twice")))
        .containsExactly(
            "delete from a old x again", "update of a a", "insert into a new again twice");
    Plan.Run update =
        (Plan.Run)
            Plan.of(List.of(move(bag, row("a"), "b"), move(bag, row("b"), "c"))).steps().get(0);
    assertThat(update.first().values()).isEqualTo(row("c"));
  }

  @Test
  void keepsAloneWhatAllChangesOfARowLeaveAlone() {
    Relation bag =
        new Relation(
            A.table(),
            List.of(
                new Column("v", "text", false),
                new Column("w", "text", false),
                new Column("x", "text", false)));
    Plan.Run run =
        (Plan.Run)
            Plan.of(
                    List.of(
                        move(bag, row("a", "b", "c"), SAME, "B", SAME),
                        move(bag, row("a", "B", "c"), "A", SAME, SAME)))
                .steps()
                .get(0);
    assertThat(run.rows()).hasSize(1);
    assertThat(run.first().identity()).isEqualTo(row("a", "b", "c"));
    assertThat(run.first().values()).isEqualTo(row("A", "B", "c"));
    assertThat(run.first().unchanged().stream()).containsExactly(2);
  }

  private static List<String> plan(Change... changes) {
    return Plan.of(List.of(changes)).steps().stream().map(PlanTest::describe).toList();
  }

  private static String describe(Plan.Step step) {
    if (step instanceof Plan.Run run) {
      StringBuilder text = new StringBuilder(run.first().operation() + " ");
      text.append(run.first().relation().table().table());
      for (RowChange change : run.rows()) {
        io.understudy.journal.Row id =
            change.identity() == null ? change.values() : change.identity();
        text.append(' ').append(((io.understudy.journal.Value.Text) id.get(0)).text());
      }
      return text.toString();
    }
    StringBuilder text = new StringBuilder("truncate");
    ((Plan.Emptying) step)
        .tables()
        .forEach(table -> text.append(' ').append(table.table().table()));
    return text.toString();
  }

  private static Relation relation(String name) {
    return new Relation(
        new TableName("public", name),
        List.of(new Column("id", "integer", true), new Column("v", "text", false)));
  }
}
