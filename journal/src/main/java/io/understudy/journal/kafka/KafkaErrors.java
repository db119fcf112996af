package io.understudy.journal.kafka;

import io.understudy.journal.MirrorException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Sorts what Kafka's clients throw into the kinds that decide what happens next. */
final class KafkaErrors {
  private KafkaErrors() {}

  /**
   * @param operation what was being done, with the object: "reading topic x"
   */
  static MirrorException of(String operation, Throwable error) {
    if (find(error, MirrorException.class) instanceof MirrorException known) {
      return known;
    }
    String message = operation + " failed: " + innermost(error);
    if (find(error, InterruptException.class) != null
        || find(error, InterruptedException.class) != null) {
      Thread.currentThread().interrupt();
      return new MirrorException.Transient(operation + " was interrupted", error);
    }
    if (find(error, AuthenticationException.class) != null) {
      return new MirrorException.Operator(
          message,
          "check the TLS and SASL settings of the journal (security.protocol, sasl.*, ssl.*) and the account",
          error);
    }
    if (find(error, AuthorizationException.class) != null) {
      return new MirrorException.Operator(
          message,
          "allow the account to describe, read, write and create the topics understudy.*, to "
              + "describe and write the transactional ids understudy.*, and to read the groups understudy.*",
          error);
    }
    if (find(error, UnsupportedVersionException.class) != null) {
      return new MirrorException.Operator(message, "use brokers of Kafka 4.0 or newer", error);
    }
    if (find(error, PolicyViolationException.class) != null) {
      return new MirrorException.Operator(
          message, "let the cluster's policy allow it, or make the topic by hand", error);
    }
    if (find(error, RecordTooLargeException.class) != null) {
      return new MirrorException.Operator(
          message, "raise max.message.bytes of the journal's topic", error);
    }
    if (find(error, CorruptRecordException.class) != null) {
      return new MirrorException.Invariant(
          message,
          "the broker's log is damaged: restore the topic, or make the mirror anew: understudy init --again",
          error);
    }
    if (find(error, ConfigException.class) instanceof ConfigException config
        && !isUnresolved(config)) {
      return new MirrorException.Operator(message, "correct the journal's settings", error);
    }
    return new MirrorException.Transient(message, error);
  }

  /**
   * Whether this is what a writer sees when another one has taken its role over. Some of these have
   * other causes, too: the journal's tail tells.
   */
  static boolean looksFenced(Throwable error) {
    return find(error, ProducerFencedException.class) != null
        || find(error, InvalidProducerEpochException.class) != null
        || find(error, InvalidTxnStateException.class) != null
        || find(error, InvalidPidMappingException.class) != null
        || find(error, OutOfOrderSequenceException.class) != null
        || find(error, UnknownProducerIdException.class) != null
        || find(error, TransactionAbortedException.class) != null;
  }

  /** A broker's name that does not resolve now may resolve later. */
  private static boolean isUnresolved(ConfigException error) {
    return error.getMessage() != null && error.getMessage().contains("resolvable");
  }

  private static Throwable find(Throwable error, Class<? extends Throwable> type) {
    for (Throwable at = error; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return at;
      }
    }
    return null;
  }

  private static String innermost(Throwable error) {
    Throwable at = error;
    while (at.getCause() instanceof KafkaException cause) {
      at = cause;
    }
    return at.getClass().getSimpleName() + (at.getMessage() == null ? "" : ", " + at.getMessage());
  }
}
