package io.understudy.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.connectors.binlog.Whereabouts;
import io.understudy.journal.MirrorException;
import io.understudy.journal.mysql.BinlogPoint;
import io.understudy.journal.mysql.MariaDbPosition;
import io.understudy.journal.mysql.MySqlPosition;
import org.junit.jupiter.api.Test;

class WhereaboutsTest {
  private static final BinlogPoint POINT = new BinlogPoint("binlog.000002", 99);
  private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

  @Test
  void aTransactionOfMysqlComesOnce() {
    MySqlPosition tail = MySqlPosition.parse("binlog.000001:4;" + UUID + ":1-5");
    Whereabouts behind = Product.MYSQL.whereabouts(tail);
    assertThat(behind.with(UUID, 6).at(POINT).encoded())
        .isEqualTo("binlog.000002:99;" + UUID + ":1-6");
    assertThatThrownBy(() -> behind.with(UUID, 3))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining(UUID + ":3");
  }

  @Test
  void aServerOfMariaDbCountsItsOwnUpwards() {
    String server = "4294967295";
    MariaDbPosition tail = MariaDbPosition.parse("binlog.000001:4;0-" + server + "-5,1-7-9");
    Whereabouts behind = Product.MARIADB.whereabouts(tail);
    assertThat(behind.with(0, 4_294_967_295L, 6).at(POINT).encoded())
        .isEqualTo("binlog.000002:99;0-" + server + "-6,1-7-9");
    assertThat(behind.with(0, 8, 2).at(POINT).encoded()).isEqualTo("binlog.000002:99;0-8-2,1-7-9");
    assertThatThrownBy(() -> behind.with(0, 4_294_967_295L, 5))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("0-" + server + "-5");
  }

  @Test
  void withoutGtidsTheFileAloneCounts() {
    Whereabouts mysql = Product.MYSQL.whereabouts(MySqlPosition.parse("binlog.000001:4"));
    assertThat(mysql.with(UUID, 3).with(UUID, 3).at(POINT).encoded()).isEqualTo("binlog.000002:99");
  }
}
