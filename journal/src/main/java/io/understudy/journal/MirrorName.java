package io.understudy.journal;

import java.util.regex.Pattern;

/**
 * The name of a mirror. It is part of topic names, of what it makes on servers, and of session
 * names, so it is limited to what all of them accept: lower-case letters, digits and underscores,
 * at most 40 characters.
 */
public record MirrorName(String value) {
  private static final Pattern ALLOWED = Pattern.compile("[a-z][a-z0-9_]{0,39}");

  public MirrorName {
    if (!ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "mirror name '"
              + value
              + "' must start with a lower-case letter and hold only lower-case letters, digits and '_', at most 40");
    }
  }

  public String journalTopic() {
    return "understudy." + value + ".journal";
  }

  public String stateTopic() {
    return "understudy." + value + ".state";
  }

  /** Where the observers of the source say what they see. */
  public String observationsTopic() {
    return "understudy." + value + ".observations";
  }

  /** The consumer group in which one of the controllers leads. */
  public String controllersGroup() {
    return "understudy." + value + ".controllers";
  }

  /** The {@code transactional.id} whose holder, and nobody else, can append to the journal. */
  public String writerId() {
    return "understudy." + value + ".reader";
  }

  /** The {@code transactional.id} whose holder, and nobody else, can change the source. */
  public String controllerId() {
    return "understudy." + value + ".controller";
  }

  @Override
  public String toString() {
    return value;
  }
}
