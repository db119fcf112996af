package io.understudy.app.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.connectors.CopyPart;
import io.understudy.journal.Column;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyProgressTest {
  private static final long MIB = 1 << 20;

  private final StringWriter said = new StringWriter();
  private final CopyPart large = part("large", 90 * MIB);
  private final CopyPart small = part("small", 10 * MIB);
  private Instant now = Instant.EPOCH;

  private static CopyPart part(String table, long bytes) {
    return CopyPart.whole(
        new Relation(new TableName("public", table), List.of(new Column("id", "integer", true))),
        bytes);
  }

  private CopyProgress progress(boolean terminal) {
    return new CopyProgress(
        new DatabaseName("south"),
        List.of(large, small),
        () -> "; the source keeps 0 MiB of log",
        new PrintWriter(said),
        () -> now,
        terminal);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void tellsRateAndTimeLeftOfAllAndOfEachTable() {
    CopyProgress progress = progress(false);
    progress.moved(large, 0);
    pass(Duration.ofSeconds(10));
    progress.moved(large, 30 * MIB);
    assertThat(said.toString())
        .contains("30 %, 30 of 100 MiB, 3.0 MiB/s, about 23 s left")
        .contains("public.large 33 %, 3.0 MiB/s, about 20 s left");
    progress.done(large, 1000);
    assertThat(said.toString())
        .contains("table 1 of 2, public.large: 1,000 rows copied, 100 rows/s, 10.0 s");
  }

  @Test
  void saysLessOftenTheLongerItTakes() {
    CopyProgress progress = progress(false);
    for (int second = 0; second < 3600; second++) {
      pass(Duration.ofSeconds(1));
      progress.moved(large, second);
    }
    assertThat(said.toString().lines().count()).isBetween(50L, 150L);
  }

  @Test
  void staysInItsPlaceOnATerminal() {
    CopyProgress progress = progress(true);
    progress.moved(large, 0);
    progress.moved(small, 0);
    for (int i = 1; i <= 2; i++) {
      pass(Duration.ofSeconds(2));
      progress.moved(large, i * MIB);
    }
    progress.done(large, 5);
    String[] drawn = said.toString().split("\\u001b\\[3A\\u001b\\[J", -1);
    assertThat(drawn).hasSize(3);
    assertThat(drawn[1].lines()).hasSize(3).allMatch(line -> line.length() < 80);
    assertThat(drawn[1])
        .contains("2 of 100 MiB")
        .contains("  public.large")
        .contains("  public.small");
    assertThat(drawn[2]).startsWith("south: table 1 of 2, public.large: 5 rows copied");
  }
}
