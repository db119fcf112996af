package io.understudy.journal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.journal.MirrorException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;

class KafkaErrorsTest {
  @Test
  void retriesWhatMayPass() {
    for (Exception error :
        new Exception[] {
          new TimeoutException("no answer"),
          new DisconnectException(),
          new KafkaException("in an error state", new TimeoutException("no answer")),
          new ConfigException("No resolvable bootstrap urls given in bootstrap.servers"),
          new IllegalStateException("x")
        }) {
      assertThat(KafkaErrors.of("reading", error))
          .isInstanceOf(MirrorException.Transient.class)
          .hasMessageStartingWith("reading failed: ");
    }
  }

  @Test
  void asksSomebodyForWhatDoesNotPassByItself() {
    for (Exception error :
        new Exception[] {
          new SaslAuthenticationException("no"),
          new KafkaException("outer", new TopicAuthorizationException("no")),
          new UnsupportedVersionException("old"),
          new ConfigException("security.protocol", "X", "unknown")
        }) {
      MirrorException sorted = KafkaErrors.of("reading", error);
      assertThat(sorted).isInstanceOf(MirrorException.Operator.class);
      assertThat(sorted.remedy()).isNotEmpty();
    }
  }

  @Test
  void keepsAnInterruptVisible() {
    assertThat(KafkaErrors.of("reading", new InterruptException("x")))
        .isInstanceOf(MirrorException.Transient.class)
        .hasMessageContaining("reading was interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void passesOnWhatIsSortedAlready() {
    MirrorException known = new MirrorException.Superseded("x");
    assertThat(KafkaErrors.of("reading", new KafkaException("outer", known))).isSameAs(known);
  }

  @Test
  void knowsWhatAFencedWriterSees() {
    assertThat(KafkaErrors.looksFenced(new ProducerFencedException("x"))).isTrue();
    assertThat(
            KafkaErrors.looksFenced(
                new KafkaException("outer", new InvalidProducerEpochException("x"))))
        .isTrue();
    assertThat(KafkaErrors.looksFenced(new TimeoutException("x"))).isFalse();
  }
}
