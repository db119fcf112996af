package io.understudy.journal;

import java.util.Locale;

/**
 * Names one attempt of a verifier to meet an applier at one commit. Nobody uses one twice.
 *
 * @param value random; also the key of the lock that the verifier holds while it waits
 */
public record VerificationId(long value) {

  /**
   * @throws IllegalArgumentException if {@code text} is not 16 hexadecimal digits
   */
  static VerificationId parse(String text) {
    if (text.length() != 16) {
      throw new IllegalArgumentException("'" + text + "' does not name a verification");
    }
    return new VerificationId(Long.parseUnsignedLong(text, 16));
  }

  /** 16 hexadecimal digits. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%016x", value);
  }
}
