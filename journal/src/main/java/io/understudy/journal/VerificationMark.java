package io.understudy.journal;

import java.util.Optional;

/**
 * What a verifier says to the applier of a standby through the source's log and the journal, as
 * names of markers: first {@link Call}, then {@link Place}.
 *
 * <p>The place lies behind the call and before the mark that tells it, so an applier that reads a
 * call does not go on before it knows the place.
 */
public sealed interface VerificationMark {
  String PREFIX = "verify ";

  VerificationId id();

  /** The name of the marker. */
  String name();

  /** The applier of {@code standby} is to wait here for the place. */
  record Call(VerificationId id, DatabaseName standby) implements VerificationMark {
    @Override
    public String name() {
      return PREFIX + id + " call " + standby;
    }
  }

  /**
   * The place: behind the last commit that does not lie after {@code position}.
   *
   * @param purpose what to do there
   * @param position in {@link Position#encoded()} form
   */
  record Place(VerificationId id, Purpose purpose, String position) implements VerificationMark {
    @Override
    public String name() {
      return PREFIX + id + " " + purpose.word + " " + position;
    }
  }

  /** What verifier and applier meet for. */
  enum Purpose {
    /** The applier shows the standby as it is there. */
    COMPARE("compare"),
    /** The applier puts rows right that the verifier has laid out. */
    REPAIR("repair");

    private final String word;

    Purpose(String word) {
      this.word = word;
    }
  }

  /** Empty for a marker that is none of these, or of a later version. */
  static Optional<VerificationMark> of(Body body) {
    if (!(body instanceof Body.Marker marker) || !marker.name().startsWith(PREFIX)) {
      return Optional.empty();
    }
    String[] words = marker.name().substring(PREFIX.length()).split(" ", 3);
    if (words.length < 3) {
      return Optional.empty();
    }
    try {
      VerificationId id = VerificationId.parse(words[0]);
      return switch (words[1]) {
        case "call" -> Optional.of(new Call(id, new DatabaseName(words[2])));
        case "compare" -> Optional.of(new Place(id, Purpose.COMPARE, words[2]));
        case "repair" -> Optional.of(new Place(id, Purpose.REPAIR, words[2]));
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
