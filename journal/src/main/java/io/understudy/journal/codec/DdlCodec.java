package io.understudy.journal.codec;

import io.understudy.journal.Ddl;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A schema change: texts and flags in the order of {@link Ddl}, settings sorted by name. */
final class DdlCodec {
  private static final int OUTSIDE = 1;
  private static final int OBSTACLE = 2;

  private DdlCodec() {}

  static void encode(Ddl ddl, ByteWriter out) {
    out.octet((ddl.outside() ? OUTSIDE : 0) | (ddl.obstacle().isPresent() ? OBSTACLE : 0));
    out.text(ddl.tag());
    out.text(ddl.text());
    ddl.obstacle().ifPresent(out::text);
    out.text(ddl.role());
    out.varint(ddl.settings().size());
    ddl.settings()
        .forEach(
            (name, value) -> {
              out.text(name);
              out.text(value);
            });
  }

  static Ddl decode(ByteReader in) {
    int at = in.at();
    int flags = in.octet();
    if ((flags & ~(OUTSIDE | OBSTACLE)) != 0) {
      throw new Malformed(at, "unknown flags " + flags + " of a schema change");
    }
    String tag = in.text();
    String text = in.text();
    Optional<String> obstacle = (flags & OBSTACLE) == 0 ? Optional.empty() : Optional.of(in.text());
    String role = in.text();
    int count = in.count("settings", 2);
    SortedMap<String, String> settings = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int settingAt = in.at();
      String name = in.text();
      if (!settings.isEmpty() && name.compareTo(settings.lastKey()) <= 0) {
        throw new Malformed(settingAt, "setting " + name + " is out of order");
      }
      settings.put(name, in.text());
    }
    if (tag.isEmpty() || (text.isEmpty() && obstacle.isEmpty())) {
      throw new Malformed(at, "a schema change without a statement");
    }
    return new Ddl(tag, text, obstacle, (flags & OUTSIDE) != 0, role, settings);
  }
}
