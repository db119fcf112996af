package io.understudy.journal.codec;

import io.understudy.journal.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers the relations of one piece in the order of their first use. Changes mostly share one
 * relation object with their neighbour, so the content is compared only when the object differs.
 */
final class RelationNumbers {
  private final List<Relation> inOrder = new ArrayList<>();
  private final IdentityHashMap<Relation, Integer> byIdentity = new IdentityHashMap<>();
  private final Map<Relation, Integer> byContent = new HashMap<>();
  private Relation latest;
  private int latestNumber;

  int of(Relation relation) {
    if (!isSame(relation, latest)) {
      latest = relation;
      latestNumber = byIdentity.computeIfAbsent(relation, this::byContent);
    }
    return latestNumber;
  }

  List<Relation> inOrder() {
    return inOrder;
  }

  private int byContent(Relation relation) {
    return byContent.computeIfAbsent(
        relation,
        added -> {
          inOrder.add(added);
          return inOrder.size() - 1;
        });
  }

  @SuppressWarnings("ReferenceEquality") // a short cut only: equal objects meet in byContent
  private static boolean isSame(Relation one, Relation other) {
    return one == other;
  }
}
