package io.understudy.journal.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.MirrorException;
import io.understudy.journal.PositionFormat;
import io.understudy.journal.postgres.Lsn;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MySqlPositionTest {
  private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  private static final String B = "ffffffff-ffff-ffff-ffff-ffffffffffff";

  @Test
  void printsAndParsesBack() {
    String[] texts = {
      "binlog.000001:4",
      "a.b.000001:9223372036854775807",
      "binlog.1000000:157;" + A + ":1-5",
      "binlog.000001:157;",
      "binlog.000001:157;" + A + ":1-5:7:9-9223372036854775806," + B + ":3"
    };
    for (String text : texts) {
      assertThat(PositionFormat.parse("mysql", text).encoded()).isEqualTo(text);
      assertThat(PositionFormat.parse("mysql", text)).isEqualTo(MySqlPosition.parse(text));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "binlog.000001",
        "binlog:4",
        "binlog.000001:3",
        "binlog.000001:-4",
        "binlog.:4",
        "binlog.000001:99999999999999999999",
        "binlog.000001:4;x",
        "bin log.000001:4",
        "binlog.000001:4;" + A,
        "binlog.000001:4;" + A + ":0",
        "binlog.000001:4;" + A + ":5-4",
        "binlog.000001:4;" + A + ":tag:1-4"
      })
  void refusesWhatItWouldNotPrint(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> MySqlPosition.parse(text));
  }

  @Test
  void ordersByFileNumberThenOffset() {
    assertOrder("binlog.000001:9000", "binlog.000002:4");
    assertOrder("binlog.000009:9000", "binlog.000010:4");
    assertOrder("binlog.999999:9000", "binlog.1000000:4");
    assertOrder("binlog.000001:999", "binlog.000001:1000");
    assertOrder("binlog.000001:9223372036854775806", "binlog.000001:9223372036854775807");
    assertThat(after("binlog.000001:4", "binlog.000001:4")).isFalse();
  }

  @Test
  void setsMayBeEqualOrMissingWhereFilesDecide() {
    assertOrder("binlog.000001:4;" + A + ":1-5", "binlog.000001:5;" + A + ":1-5");
    assertOrder("binlog.000001:4;" + A + ":1-5", "binlog.000001:5");
    assertOrder("binlog.000001:4", "binlog.000001:5;" + A + ":1-5");
    assertOrder("binlog.000001:4;" + A + ":1-3:5", "binlog.000001:5;" + A + ":1-5," + B + ":7");
  }

  @Test
  void aLogBegunAnewUnderTheSameNamesHasNoOrder() {
    assertIncomparable("binlog.000001:400;" + A + ":1-9", "binlog.000001:500;" + A + ":1-2");
    assertIncomparable("binlog.000001:400;" + A + ":1-9", "binlog.000002:4;" + B + ":1-9");
    assertIncomparable("binlog.000001:400;" + A + ":1-9", "binlog.000001:400;" + A + ":1-8:10");
  }

  @Test
  void setsDecideBetweenLogsOfDifferentNames() {
    assertOrder("old.000900:4;" + A + ":1-5", "new.000001:4;" + A + ":1-6");
    assertOrder("old.000900:4;" + A + ":1-5:8", "new.000001:4;" + A + ":1-8");
    assertOrder("old.000900:4;", "new.000001:4;" + B + ":1");
    assertThat(after("old.000900:4;" + A + ":1-5", "new.000001:4;" + A + ":1-5")).isFalse();
    assertThat(after("new.000001:4;" + A + ":1-5", "old.000900:4;" + A + ":1-5")).isFalse();
    assertIncomparable("old.000900:4;" + A + ":1-5", "new.000001:4;" + B + ":1-9");
    assertIncomparable("old.000900:4;" + A + ":1-5", "new.000001:4;" + A + ":2-9");
    assertIncomparable("old.000900:4", "new.000001:4;" + A + ":1-9");
    assertIncomparable("old.000900:4", "new.000001:4");
  }

  @Test
  void neverComparesWithAnotherEngine() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MySqlPosition.parse("binlog.000001:4").isAfter(new Lsn(4)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                MySqlPosition.parse("binlog.000001:4")
                    .isAfter(MariaDbPosition.parse("binlog.000001:4")));
  }

  @Test
  void countsBytesWithinAFileOnly() {
    MySqlPosition at = MySqlPosition.parse("binlog.000002:1000");
    assertThat(at.bytesSince(MySqlPosition.parse("binlog.000002:400"))).hasValue(600);
    assertThat(at.bytesSince(MySqlPosition.parse("binlog.000002:1400"))).hasValue(0);
    assertThat(at.bytesSince(MySqlPosition.parse("binlog.000001:4")))
        .isEqualTo(OptionalLong.empty());
  }

  @Test
  void setsAreCanonical() {
    assertThat(GtidSet.parse(" " + A.toUpperCase(java.util.Locale.ROOT) + ":4-5:1-3,\n" + A + ":9"))
        .hasToString(A + ":1-5:9");
    assertThat(GtidSet.parse(A + ":1-5:9").plus(A, 6).plus(A, 8).plus(A, 7).plus(B, 1))
        .isEqualTo(GtidSet.parse(A + ":1-9," + B + ":1"));
    assertThat(GtidSet.parse("")).isEqualTo(GtidSet.EMPTY);
    assertThat(GtidSet.parse(A + ":1-5:9").plus(A, 3)).hasToString(A + ":1-5:9");
    assertThat(GtidSet.EMPTY.plus(A, Long.MAX_VALUE)).hasToString(A + ":9223372036854775807");
  }

  private static boolean after(String position, String other) {
    return MySqlPosition.parse(position).isAfter(MySqlPosition.parse(other));
  }

  private static void assertOrder(String earlier, String later) {
    assertThat(after(later, earlier)).as(later + " after " + earlier).isTrue();
    assertThat(after(earlier, later)).as(earlier + " after " + later).isFalse();
  }

  private static void assertIncomparable(String position, String other) {
    assertThatThrownBy(() -> after(position, other)).isInstanceOf(MirrorException.Invariant.class);
    assertThatThrownBy(() -> after(other, position)).isInstanceOf(MirrorException.Invariant.class);
  }
}
