package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MysqlSettingsTest {
  @ParameterizedTest
  @EnumSource
  void replaceAnOptionHoweverItsNameIsWritten(MysqlProduct product) {
    MysqlSettings settings =
        MysqlSettings.of(product).with("binlog-row-image", "MINIMAL").with("sync_binlog", "0");
    assertThat(settings.allOptions())
        .containsEntry("binlog_row_image", "MINIMAL")
        .containsEntry("sync_binlog", "0")
        .containsEntry("binlog_format", "ROW")
        .doesNotContainKey("binlog-row-image");
  }

  @ParameterizedTest
  @EnumSource
  void neverShowThePassword(MysqlProduct product) {
    assertThat(MysqlSettings.of(product).withPassword("hush").toString()).doesNotContain("hush");
  }

  @Test
  void aMissingLibraryIsNamedWithTheCommandThatInstallsIt() {
    assertThat(
            MysqlBinaries.missingLibrary(
                "/x/mysqld: error while loading shared libraries: libaio.so.1: cannot open shared"
                    + " object file: No such file or directory"))
        .hasValueSatisfying(
            what ->
                assertThat(what)
                    .isEqualTo(
                        "the library libaio.so.1 is missing: apt-get install libaio1 (where Debian"
                            + " calls it so: libaio1t64)"));
    assertThat(MysqlBinaries.missingLibrary("ready for connections")).isEmpty();
  }
}
