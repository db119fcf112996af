package io.understudy.failover.automatic;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Decides whether a standby is to be promoted: if a majority of all observers, and at least as many
 * as the rule asks for, saw the source dead for the whole window, and nobody saw it live in the
 * journal meanwhile.
 */
public final class Decider {
  private final Rule rule;

  public Decider(Rule rule) {
    this.rule = rule;
  }

  public Decision decide(Situation situation) {
    List<Sighting> known =
        situation.sightings().stream()
            .filter(it -> it.heard().compareTo(rule.memory()) <= 0)
            .toList();
    List<Observation> fresh =
        known.stream()
            .filter(it -> it.age().compareTo(rule.freshness()) <= 0)
            .map(Sighting::observation)
            .filter(it -> it.epoch().equals(situation.epoch()))
            .toList();
    List<Observation> doubting = fresh.stream().filter(it -> !it.silent().isZero()).toList();
    if (doubting.isEmpty()) {
      return new Decision.Nothing();
    }
    List<Observation> agreeing = fresh.stream().filter(it -> it.dead(rule.window())).toList();
    int needed = Math.max(known.size() / 2 + 1, rule.minObservers());
    String observed = observed(situation, known.size(), agreeing, doubting);
    if (fresh.stream().anyMatch(it -> it.journaled(rule.window()))) {
      return new Decision.Suspicion(
          observed + "; the journal got something of it within " + text(rule.window()));
    }
    if (agreeing.size() < needed) {
      return new Decision.Suspicion(observed + "; " + needed + " are needed");
    }
    return agreed(situation, known, observed);
  }

  private Decision agreed(Situation situation, List<Sighting> known, String observed) {
    if (situation.underWay().isPresent()) {
      return new Decision.Blocked(observed, situation.underWay().get());
    }
    Optional<Duration> since = situation.sinceLast();
    if (since.filter(it -> it.compareTo(rule.holdDown()) < 0).isPresent()) {
      return new Decision.Blocked(
          observed,
          "the last automatic promotion was "
              + text(since.get())
              + " ago, within the hold-down of "
              + text(rule.holdDown()));
    }
    Optional<Instant> lastSeen =
        known.stream()
            .map(Sighting::observation)
            .filter(it -> it.epoch().equals(situation.epoch()))
            .flatMap(it -> it.sourceTime().stream())
            .max(Comparator.naturalOrder());
    if (lastSeen.isEmpty()) {
      return new Decision.Blocked(
          observed, "no observer has seen it alive, so nobody knows how far behind a standby is");
    }
    return target(situation, lastSeen.get(), observed);
  }

  private Decision target(Situation situation, Instant lastSeen, String observed) {
    List<String> obstacles = new ArrayList<>();
    Optional<Candidate> best = Optional.empty();
    for (Candidate candidate : situation.candidates()) {
      Optional<String> obstacle = obstacle(candidate, lastSeen);
      if (obstacle.isPresent()) {
        obstacles.add(candidate.name() + " " + obstacle.get());
      } else if (best.isEmpty() || candidate.applied().get().isAfter(best.get().applied().get())) {
        best = Optional.of(candidate);
      }
    }
    if (best.isEmpty()) {
      String why = obstacles.isEmpty() ? "there is no standby" : String.join("; ", obstacles);
      return new Decision.Blocked(observed, why);
    }
    return new Decision.Promotion(
        best.get().name(),
        observed + "; " + best.get().name() + " is " + text(lag(best.get(), lastSeen)) + " behind");
  }

  private Optional<String> obstacle(Candidate candidate, Instant lastSeen) {
    if (candidate.obstacle().isPresent()) {
      return candidate.obstacle();
    }
    if (candidate.applied().isEmpty()) {
      return Optional.of("has no copy");
    }
    Duration lag = lag(candidate, lastSeen);
    return lag.compareTo(rule.maxLag()) > 0
        ? Optional.of("is " + text(lag) + " behind, more than " + text(rule.maxLag()))
        : Optional.empty();
  }

  private static Duration lag(Candidate candidate, Instant lastSeen) {
    Duration lag = Duration.between(candidate.applied().orElseThrow(), lastSeen);
    return lag.isNegative() ? Duration.ZERO : lag;
  }

  private String observed(
      Situation situation, int known, List<Observation> agreeing, List<Observation> doubting) {
    return situation.source()
        + " is dead for "
        + text(rule.window())
        + " to "
        + agreeing.size()
        + " of "
        + known
        + " observers ("
        + doubting.stream()
            .map(it -> it.observer() + ": " + it.probe() + " for " + text(it.silent()))
            .sorted()
            .collect(Collectors.joining("; "))
        + ")";
  }

  private static String text(Duration duration) {
    long tenths = duration.toMillis() / 100;
    return tenths / 10 + "." + tenths % 10 + " s";
  }
}
