package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServersTest {
  private final String before = System.getProperty("servers");

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty("servers");
    } else {
      System.setProperty("servers", before);
    }
  }

  @Test
  void areEmbeddedUnlessSaidOtherwise() {
    System.clearProperty("servers");
    assertThat(Servers.chosen()).isEqualTo(Servers.EMBEDDED);
  }

  @Test
  void areNotGuessedFromAWrongWord() {
    System.setProperty("servers", "podman");
    assertThatThrownBy(Servers::chosen)
        .isInstanceOf(ServerException.class)
        .hasMessage("-Dservers=podman is not known: it is 'embedded' or 'containers'");
  }
}
