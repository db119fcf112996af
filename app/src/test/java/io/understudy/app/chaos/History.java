package io.understudy.app.chaos;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What the clients of the ledger know about their transactions: each writes its intent down before
 * it sends, and the outcome after the server answered. No answer is no outcome: the transaction may
 * exist or not.
 */
final class History {
  private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

  void intent(String token) {
    if (outcomes.putIfAbsent(token, Outcome.MAYBE) != null) {
      throw new IllegalStateException("token " + token + " was used before");
    }
  }

  void committed(String token) {
    outcomes.replace(token, Outcome.COMMITTED);
  }

  void rolledBack(String token) {
    outcomes.replace(token, Outcome.ROLLED_BACK);
  }

  Set<String> with(Outcome outcome) {
    return outcomes.entrySet().stream()
        .filter(entry -> entry.getValue() == outcome)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** What a client knows. */
  enum Outcome {
    MAYBE,
    COMMITTED,
    ROLLED_BACK
  }
}
