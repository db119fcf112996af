package io.understudy.applier.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "enum('a')",
        "enum('it''s','b,c')",
        "enum('''','a') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "enum(',''',''',')"
      })
  void anEnumMayHaveNoEmptyWord(String type) {
    assertThat(Words.isEnumWithoutEmptyWord(type)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"enum('')", "enum('a','') CHARACTER SET x", "set('a')", "varchar(9)"})
  void otherTypesTakeTheEmptyWord(String type) {
    assertThat(Words.isEnumWithoutEmptyWord(type)).isFalse();
  }
}
