package io.understudy.journal;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A statement that changed the source's schema, with what a standby needs to understand it as the
 * source did.
 *
 * @param tag the source's name for statements of its kind, for example {@code ALTER TABLE}
 * @param text the statement; empty where the source does not tell it, and then there is an obstacle
 * @param obstacle why it is not to be run without somebody's word; empty if it is
 * @param outside whether all tables that it is about are none of the mirror's
 * @param role whose rights it was run with
 * @param settings of the source's session that change what the statement means, by name; {@code
 *     search_path} among them
 */
public record Ddl(
    String tag,
    String text,
    Optional<String> obstacle,
    boolean outside,
    String role,
    SortedMap<String, String> settings) {
  public Ddl {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    if (tag.isEmpty() || (text.isEmpty() && obstacle.isEmpty())) {
      throw new IllegalArgumentException("a schema change needs a kind and a statement: " + tag);
    }
  }

  /** Roughly the bytes it takes. */
  long size() {
    long size = 8L + tag.length() + text.length() + role.length();
    size += obstacle.map(String::length).orElse(0);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      size += 2L + setting.getKey().length() + setting.getValue().length();
    }
    return size;
  }
}
