package io.understudy.app.run;

import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import io.understudy.journal.kafka.MirrorFacts;
import java.util.Optional;

/** Says why a mirror cannot run in the state it is in. */
public final class Reigning {
  private Reigning() {}

  /**
   * @throws MirrorException.Operator unless the mirror is made and has a source with standbys
   */
  public static MirrorFacts require(MirrorName mirror, Optional<MirrorFacts> stored) {
    MirrorFacts facts = requireMade(mirror, stored);
    if (facts.state().isReigning()) {
      return facts;
    }
    throw switch (facts.state()) {
      case INITIALIZING ->
          new MirrorException.Operator(
              "the init of mirror " + mirror + " is not complete", "complete it: understudy init");
      case PROMOTED ->
          new MirrorException.Operator(
              facts.source()
                  + " is the source since epoch "
                  + facts.epoch()
                  + " began, and no standby follows it",
              "make the others standbys of it, replacing what they hold: understudy init --again");
      default ->
          new MirrorException.Operator(
              "the promotion of " + name(facts) + " was begun and is not complete",
              "complete it: understudy promote --to " + name(facts));
    };
  }

  /**
   * @throws MirrorException.Operator unless the mirror is made
   */
  public static MirrorFacts requireMade(MirrorName mirror, Optional<MirrorFacts> stored) {
    return stored.orElseThrow(
        () ->
            new MirrorException.Operator(
                "mirror " + mirror + " is not made yet: its journal holds nothing",
                "make it: understudy init; if it was made, check the mirror's name and the journal's"
                    + " address in the configuration"));
  }

  /** Whether the source is about to change, so that whoever runs the mirror waits for that. */
  static boolean isChanging(Optional<MirrorFacts> stored) {
    return stored
        .map(MirrorFacts::state)
        .filter(state -> !state.isReigning() && !state.isResting())
        .isPresent();
  }

  private static String name(MirrorFacts facts) {
    return facts.target().map(Object::toString).orElse("a standby");
  }
}
