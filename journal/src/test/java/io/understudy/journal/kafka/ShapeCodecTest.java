package io.understudy.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.Column;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.Position;
import io.understudy.journal.PositionFormat;
import io.understudy.journal.Relation;
import io.understudy.journal.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShapeCodecTest {
  private static final MirrorName MIRROR = new MirrorName("shop");
  private static final Position FROM = PositionFormat.parse("mysql", "binlog.000007:4711");

  /** Kafka's own default for the largest record of a topic. */
  private static final int RECORD_LIMIT = 1024 * 1024;

  static TableShapes tables(int count, int columns) {
    return new TableShapes(
        FROM,
        IntStream.range(0, count)
            .mapToObj(
                t ->
                    new Relation(
                        new TableName("shop", "table_with_a_long_name_" + t),
                        IntStream.range(0, columns)
                            .mapToObj(
                                c ->
                                    new Column(
                                        "column " + c,
                                        "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                                        c == 0))
                            .toList()))
            .toList());
  }

  @Test
  void aThousandTablesComeBackAndNoRecordIsLarge() {
    TableShapes shapes = tables(1_000, 100);
    Map<String, byte[]> facts = ShapeCodec.encode(shapes);
    assertThat(facts.values())
        .allSatisfy(record -> assertThat(record.length).isLessThan(RECORD_LIMIT / 4));
    assertThat(ShapeCodec.decode(facts, MIRROR)).contains(shapes);
    assertThat(List.copyOf(facts.keySet()).get(facts.size() - 1)).isEqualTo(ShapeCodec.HEAD);
  }

  @Test
  void noTablesComeBackAsNone() {
    assertThat(ShapeCodec.decode(ShapeCodec.encode(tables(0, 0)), MIRROR)).contains(tables(0, 0));
    assertThat(ShapeCodec.decode(Map.of(), MIRROR)).isEmpty();
  }

  @Test
  void whatWasNotWrittenToItsEndIsNotThere() {
    Map<String, byte[]> former = ShapeCodec.encode(tables(1_000, 30));
    assertThat(former).hasSizeGreaterThan(4);
    Map<String, byte[]> topic = new HashMap<>(former);
    int written = 0;
    for (Map.Entry<String, byte[]> fact : ShapeCodec.encode(tables(900, 30)).entrySet()) {
      if (written++ > 0) {
        assertThat(ShapeCodec.decode(topic, MIRROR)).isEmpty();
      }
      topic.put(fact.getKey(), fact.getValue());
    }
    assertThat(ShapeCodec.decode(topic, MIRROR)).contains(tables(900, 30));
    topic.remove("shapes/1");
    assertThat(ShapeCodec.decode(topic, MIRROR)).isEmpty();
  }

  @Test
  void damageIsRefused() {
    Map<String, byte[]> facts = new HashMap<>(ShapeCodec.encode(tables(1, 1)));
    facts.put("shapes/0", new byte[] {1, 2, 3});
    assertThatThrownBy(() -> ShapeCodec.decode(facts, MIRROR))
        .isInstanceOf(MirrorException.Invariant.class)
        .hasMessageContaining("understudy.shop.state");
  }
}
