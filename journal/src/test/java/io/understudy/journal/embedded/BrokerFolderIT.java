package io.understudy.journal.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.MirrorException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that cannot be used: each is refused with what is wrong and what to do. */
class BrokerFolderIT {
  @TempDir Path directory;

  @Test
  void refusesAFolderWithOtherContents() throws Exception {
    Files.writeString(directory.resolve("holiday.jpg"), "x");
    refused("is not an embedded journal: it holds holiday.jpg", "empty or new folder");
    assertThat(directory.resolve("holiday.jpg")).hasContent("x");
  }

  @Test
  void refusesAFileInPlaceOfAFolder() throws Exception {
    Path file = Files.writeString(directory.resolve("journal"), "x");
    assertThatThrownBy(() -> EmbeddedBroker.attach(file))
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining("cannot be created or written")
        .hasMessageContaining(file.toString());
  }

  @Test
  void refusesDataOfAnotherCluster() throws Exception {
    makeJournal();
    replace("data/meta.properties", "cluster.id=.*", "cluster.id=AnotherOneThatIsNotOurs");
    refused("belong to Kafka cluster AnotherOneThatIsNotOurs", "put back the data");
  }

  @Test
  void refusesDamagedMetadataOfTheBroker() throws Exception {
    makeJournal();
    Files.writeString(directory.resolve("data/meta.properties"), "\0\0\0");
    refused("meta.properties is missing or damaged", "restore the folder");
  }

  @Test
  void refusesAMarkOfAnotherFormat() throws Exception {
    makeJournal();
    replace("embedded-journal.properties", "format=1", "format=2");
    refused("written by another version", "use the version that made this folder");
  }

  private void makeJournal() throws Exception {
    long pid;
    try (EmbeddedBroker broker = EmbeddedBroker.attach(directory)) {
      pid = broker.pid();
    }
    EmbeddedBrokerIT.awaitEnd(pid);
  }

  private void replace(String file, String pattern, String replacement) throws Exception {
    Path path = directory.resolve(file);
    Files.writeString(path, Files.readString(path).replaceAll(pattern, replacement));
  }

  private void refused(String message, String remedy) {
    assertThatThrownBy(() -> EmbeddedBroker.attach(directory))
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining(message)
        .asInstanceOf(InstanceOfAssertFactories.type(MirrorException.Operator.class))
        .extracting(MirrorException::remedy, InstanceOfAssertFactories.STRING)
        .contains(remedy);
  }
}
