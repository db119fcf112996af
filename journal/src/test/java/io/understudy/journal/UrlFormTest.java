package io.understudy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlFormTest {
  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://a/shop, PostgreSQL",
    "jdbc:mysql://a:3307/shop?x=y, MySQL",
    "jdbc:mariadb://a/shop, MariaDB"
  })
  void knowsWhoseUrlItIs(String url, String engine) {
    assertThat(UrlForm.of(url)).map(UrlForm::engine).contains(engine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.1.5:5432/shop", "postgres://a/shop", "jdbc:oracle:thin:@a:1"})
  void knowsNoEngineOfOtherUrls(String url) {
    assertThat(UrlForm.of(url)).isEmpty();
  }

  @Test
  void namesTheFormsOfAllEnginesAtHand() {
    assertThat(UrlForm.choices())
        .isEqualTo(
            "jdbc:postgresql://HOST:PORT/DATABASE, jdbc:mysql://HOST:PORT/DATABASE"
                + " or jdbc:mariadb://HOST:PORT/DATABASE");
  }
}
