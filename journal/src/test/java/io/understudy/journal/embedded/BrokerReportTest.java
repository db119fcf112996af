package io.understudy.journal.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.MirrorException;
import org.junit.jupiter.api.Test;

class BrokerReportTest {
  @Test
  void survivesTheWayThroughOneLineOfText() {
    MirrorException failure =
        new MirrorException.Operator("the disk\nis\tfull: 5 bytes", "make room\n  on it");
    String line = BrokerReport.of(failure).line();
    assertThat(line).doesNotContain("\n");
    MirrorException.Operator read = BrokerReport.parse(line).orElseThrow().toException();
    assertThat(read).hasMessage("the disk is full: 5 bytes");
    assertThat(read.remedy()).isEqualTo("make room on it");
  }

  @Test
  void isNotReadFromAnythingElse() {
    assertThat(BrokerReport.parse("java.lang.OutOfMemoryError: Java heap space")).isEmpty();
    assertThat(BrokerReport.parse("")).isEmpty();
    assertThat(BrokerReport.parse("\t\t")).isEmpty();
  }
}
