package io.understudy.journal;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The engines at hand, looked up once: every record that is decoded needs one. */
final class PositionFormats {
  static final Map<String, PositionFormat> BY_KIND =
      ServiceLoader.load(PositionFormat.class, PositionFormat.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .collect(Collectors.toUnmodifiableMap(PositionFormat::kind, Function.identity()));

  private PositionFormats() {}
}
