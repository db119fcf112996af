package io.understudy.journal.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BinaryRowsTest {
  @Test
  void typesOfTheServerItselfTravelAsTheyAreHeld() {
    for (String type :
        List.of(
            "bigint",
            "numeric(10,2)",
            "character varying(20)",
            "timestamp(3) with time zone",
            "interval day to second(2)",
            "interval(3)",
            "bit varying(5)",
            "\"char\"",
            "integer[]",
            "numeric(10,2)[]",
            "jsonb")) {
      assertThat(BinaryRows.isPlain(type)).as(type).isTrue();
    }
  }

  @Test
  void allOthersTravelAsText() {
    for (String type :
        List.of(
            "regclass",
            "xml",
            "public.mood",
            "public.integer",
            "public.\"interval x\"",
            "regclass[]",
            "public.citext",
            "\"interval\"",
            "???")) {
      assertThat(BinaryRows.isPlain(type)).as(type).isFalse();
    }
  }
}
