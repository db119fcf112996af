package io.understudy.journal.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.Column;
import io.understudy.journal.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotingTest {
  @Test
  void quotesEveryName() {
    assertThat(Quoting.name("plain")).isEqualTo("\"plain\"");
    assertThat(Quoting.name("Select")).isEqualTo("\"Select\"");
  }

  @Test
  void doublesTheQuotesInAName() {
    assertThat(Quoting.name("a\"; DROP \"b")).isEqualTo("\"a\"\"; DROP \"\"b\"");
    assertThat(Quoting.name("it's")).isEqualTo("\"it's\"");
  }

  @Test
  void quotesSchemaAndTableOneByOne() {
    assertThat(Quoting.name(new TableName("a.b", "c\"d"))).isEqualTo("\"a.b\".\"c\"\"d\"");
  }

  @Test
  void listsNamesInTheirOrder() {
    assertThat(Quoting.names(List.of("b", "a, c"))).isEqualTo("\"b\", \"a, c\"");
    assertThat(Quoting.names(List.of())).isEmpty();
    assertThat(
            Quoting.columnNames(
                List.of(new Column("z", "int", true), new Column("y", "text", false))))
        .isEqualTo("\"z\", \"y\"");
  }

  @Test
  void doublesTheApostrophesInAText() {
    assertThat(Quoting.literal("it's \"so\"")).isEqualTo("'it''s \"so\"'");
    assertThat(Quoting.literal("")).isEqualTo("''");
  }

  @Test
  void aNameInATextIsQuotedTwice() {
    assertThat(Quoting.literal(Quoting.name("o'\"x"))).isEqualTo("'\"o''\"\"x\"'");
  }
}
