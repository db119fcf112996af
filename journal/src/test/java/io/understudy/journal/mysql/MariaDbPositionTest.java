package io.understudy.journal.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.MirrorException;
import io.understudy.journal.PositionFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MariaDbPositionTest {

  @Test
  void printsAndParsesBack() {
    String[] texts = {
      "binlog.000001:4",
      "binlog.000001:4;",
      "binlog.000001:330;0-1-5",
      "binlog.1000000:330;0-1-5,4294967295-4294967295-18446744073709551615"
    };
    for (String text : texts) {
      assertThat(PositionFormat.parse("mariadb", text).encoded()).isEqualTo(text);
      assertThat(PositionFormat.parse("mariadb", text)).isEqualTo(MariaDbPosition.parse(text));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "binlog.000001:4;0-1",
        "binlog.000001:4;0-1-2-3",
        "binlog.000001:4;0-1-x",
        "binlog.000001:4;0-1-2,0-2-3",
        "binlog.000001:4;4294967296-1-2"
      })
  void refusesWhatItWouldNotPrint(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> MariaDbPosition.parse(text));
  }

  @Test
  void filesDecideWithinALogWhateverTheGtidsSay() {
    assertOrder("binlog.000001:4;0-1-9", "binlog.000001:5;0-2-8");
    assertOrder("binlog.999999:4;0-1-8", "binlog.1000000:4;0-1-9");
  }

  @Test
  void gtidsDecideBetweenLogsOfDifferentNames() {
    assertOrder("old.000900:4;0-1-9", "new.000001:4;0-2-10");
    assertOrder("old.000900:4;0-1-9", "new.000001:4;0-1-9,7-1-1");
    assertOrder("old.000900:4;0-1-9223372036854775807", "new.000001:4;0-1-9223372036854775808");
    assertThat(after("old.000900:4;0-1-9", "new.000001:4;0-1-9")).isFalse();
    assertIncomparable("old.000900:4;0-1-9", "new.000001:4;1-1-9");
    assertIncomparable("old.000900:4;0-1-9,1-1-1", "new.000001:4;0-1-8,1-1-2");
    assertIncomparable("old.000900:4;0-1-9", "new.000001:4");
  }

  @Test
  void listsKeepTheLastOfEachDomain() {
    assertThat(GtidList.parse("1-1-1, 0-1-5").with(0, 4294967295L, 6).with(2, 1, 1))
        .hasToString("0-4294967295-6,1-1-1,2-1-1");
    assertThat(GtidList.EMPTY.with(0, 1, 5)).isEqualTo(GtidList.parse("0-1-5"));
  }

  private static boolean after(String position, String other) {
    return MariaDbPosition.parse(position).isAfter(MariaDbPosition.parse(other));
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
