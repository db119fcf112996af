package io.understudy.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTopicsIT {
  private static JournalFixture fixture;

  private MirrorName mirror;
  private Journal journal;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    fixture = new JournalFixture(directory);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void connect() {
    mirror = fixture.newMirror();
    journal = fixture.journal(mirror);
  }

  @AfterEach
  void disconnect() {
    journal.close();
  }

  @Test
  void areMadeWithSettingsThatTheCheckAcceptsAndMayBeMadeTwice() {
    String topicId = journal.create();
    assertThat(journal.create()).isEqualTo(topicId).isEqualTo(journal.check());
    assertThat(journal.warnings()).isEmpty();
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, mirror.journalTopic());
    Config config =
        fixture.admin(admin -> admin.describeConfigs(Set.of(resource)).values().get(resource));
    assertThat(config.get("cleanup.policy").value()).isEqualTo("delete");
    assertThat(config.get("retention.ms").value()).isEqualTo("604800000");
    assertThat(config.get("retention.bytes").value()).isEqualTo("-1");
    assertThat(config.get("max.message.bytes").value())
        .isEqualTo(Integer.toString(JournalFixture.LIMITS.messageBytes()));
    assertThat(config.get("flush.messages").value()).isEqualTo("1");
  }

  @Test
  void areRefusedWhenMissing() {
    assertRefused("does not exist", "init");
    assertThatThrownBy(journal::tail).isInstanceOf(MirrorException.Operator.class);
    assertThatThrownBy(journal::firstOffset).isInstanceOf(MirrorException.Operator.class);
    assertThatThrownBy(() -> journal.takeOver("x")).isInstanceOf(MirrorException.Operator.class);
    assertThatThrownBy(() -> journal.open("x", 0)).isInstanceOf(MirrorException.Operator.class);
    assertThat(journal.state().read().mirror()).as("what was never made has no facts").isEmpty();
  }

  @Test
  void areRefusedWithMoreThanOnePartition() {
    journal.create();
    fixture.admin(
        admin ->
            admin
                .createPartitions(Map.of(mirror.journalTopic(), NewPartitions.increaseTo(2)))
                .all());
    assertRefused("has 2 partitions", "delete the topic");
  }

  @Test
  void areRefusedWhenCompacted() {
    journal.create();
    set(mirror.journalTopic(), "cleanup.policy", "compact,delete");
    assertRefused("is compacted", "cleanup.policy=delete");
  }

  @Test
  void areRefusedWhenTheyTakeOnlySmallRecords() {
    journal.create();
    set(mirror.journalTopic(), "max.message.bytes", "100000");
    assertRefused("takes records of at most 100000 bytes", "max.message.bytes=524288");
  }

  @Test
  void areRefusedWhenFactsWouldExpire() {
    journal.create();
    set(mirror.stateTopic(), "cleanup.policy", "delete");
    assertRefused("would forget the mirror's facts", "cleanup.policy=compact");
  }

  @Test
  void areRefusedUnderTheOldTransactionProtocol(@TempDir Path directory) throws Exception {
    try (JournalFixture old = new JournalFixture(directory);
        Journal other = old.journal(mirror)) {
      other.create();
      old.admin(
          admin ->
              admin
                  .updateFeatures(
                      Map.of(
                          "transaction.version",
                          new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE)),
                      new UpdateFeaturesOptions())
                  .all());
      assertThatThrownBy(other::check)
          .isInstanceOf(MirrorException.Operator.class)
          .hasMessageContaining("transaction protocol version 1")
          .extracting(e -> ((MirrorException) e).remedy())
          .asString()
          .contains("transaction.version=2");
    }
  }

  @Test
  void areWarnedOfOnAClusterThatCanLoseThem() {
    journal.create();
    set(mirror.journalTopic(), "retention.ms", "60000");
    set(mirror.journalTopic(), "retention.bytes", "1000000");
    set(mirror.journalTopic(), "unclean.leader.election.enable", "true");
    KafkaSettings cluster = KafkaSettings.cluster(fixture.broker().bootstrapServers(), Map.of(), 3);
    try (Journal seen = Journal.connect(mirror, cluster, JournalFixture.LIMITS)) {
      assertThat(seen.warnings())
          .hasSize(5)
          .anyMatch(w -> w.contains("has 1 of 3 copies"))
          .anyMatch(w -> w.contains("min.insync.replicas=1"))
          .anyMatch(w -> w.contains("unclean leader election"))
          .anyMatch(w -> w.contains("keeps records for 60 s"))
          .anyMatch(w -> w.contains("at most 1000000 bytes"));
    }
  }

  private void assertRefused(String message, String remedy) {
    assertThatThrownBy(journal::check)
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining(message)
        .extracting(e -> ((MirrorException) e).remedy())
        .asString()
        .contains(remedy);
  }

  private static void set(String topic, String name, String value) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    fixture.admin(admin -> admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all());
  }
}
