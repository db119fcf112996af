package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MavenProgressTest {
  @Test
  void isTheLastCompleteStep() {
    String output =
        "Downloading from central: https://…\nProgress (1): 4.1/550 MB\rProgress (1): 12/550 MB\rProgress (1): 1";
    assertThat(MavenProgress.last(output)).contains("12/550 MB");
  }

  @Test
  void isNoneWhereNothingIsFetched() {
    assertThat(MavenProgress.last("[INFO] Scanning for projects...\n")).isEmpty();
  }
}
