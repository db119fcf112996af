package io.understudy.connectors.slot;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the logical messages that a mirror writes into its source's log from those that anybody
 * else writes there under the same names, which PostgreSQL lets every role do: what is the mirror's
 * begins with a seal, {@code hex(sha256(secret || sha256(secret || words)))}, made with a secret
 * that only its role and superusers may read. Used by one thread.
 */
public final class OwnMessages {
  private static final Logger log = LoggerFactory.getLogger(OwnMessages.class);
  private static final int SEAL = 64;

  /** What such a message is about. */
  public enum Kind {
    /** Makes the log move; with words, marks it. */
    MARK(""),
    DDL(".ddl"),
    SEQUENCES(".sequences");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }

    /** The prefix of such messages of the mirror whose messages all begin with {@code own}. */
    public String prefix(String own) {
      return own + suffix;
    }
  }

  private final String own;
  private final byte[] secret;
  private boolean warned;

  /**
   * @param own with what the prefixes of all its messages begin
   * @param secret of ASCII characters
   */
  public OwnMessages(String own, String secret) {
    this.own = own;
    this.secret = secret.getBytes(StandardCharsets.US_ASCII);
  }

  /** Empty for a prefix that is none of the mirror's. */
  public Optional<Kind> kind(String prefix) {
    return Arrays.stream(Kind.values()).filter(kind -> kind.prefix(own).equals(prefix)).findAny();
  }

  /**
   * What a message says behind its seal; empty, with a warning, if the seal is not the mirror's.
   */
  public Optional<String> words(String prefix, byte[] content) {
    byte[] words =
        content.length < SEAL ? content : Arrays.copyOfRange(content, SEAL, content.length);
    byte[] seal = Arrays.copyOf(content, Math.min(SEAL, content.length));
    if (MessageDigest.isEqual(seal, seal(words))) {
      return Optional.of(new String(words, StandardCharsets.UTF_8));
    }
    if (!warned) {
      warned = true;
      log.warn(
          "the source's log has a message {} that Understudy did not write; it is left out, and so is"
              + " every other such: find out which user of the source calls pg_logical_emit_message",
          prefix);
    }
    return Optional.empty();
  }

  /** What is written before these words. */
  public byte[] seal(byte[] words) {
    MessageDigest digest = sha256();
    digest.update(secret);
    byte[] inner = digest.digest(words);
    digest.update(secret);
    return HexFormat.of().formatHex(digest.digest(inner)).getBytes(StandardCharsets.US_ASCII);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
