package io.understudy.journal;

import java.util.ServiceLoader;

/**
 * Reads one engine's positions; found by {@link ServiceLoader}, so that a new engine adds files and
 * changes none.
 */
public interface PositionFormat {

  /** For example {@code postgresql}. */
  String kind();

  /**
   * @throws IllegalArgumentException if {@code encoded} is not what {@link Position#encoded()} of
   *     this kind prints
   */
  Position parse(String encoded);

  /**
   * @throws IllegalArgumentException if no engine at hand has this kind, or the text is not of it
   */
  static Position parse(String kind, String encoded) {
    PositionFormat format = PositionFormats.BY_KIND.get(kind);
    if (format != null) {
      return format.parse(encoded);
    }
    throw new IllegalArgumentException("no engine at hand reads positions of kind '" + kind + "'");
  }
}
