package io.understudy.journal;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * How the URLs of one engine's databases look; found by {@link ServiceLoader}, so that a new engine
 * adds files and changes none. It tells what was written down, not what answers there: each engine
 * asks its servers.
 */
public interface UrlForm {

  /** Its name as its makers write it. */
  String engine();

  /** What every URL begins with, for example {@code jdbc:postgresql:}. */
  String prefix();

  /** The port of a URL that names none. */
  int defaultPort();

  /** For people. */
  default String form() {
    return prefix() + "//HOST:PORT/DATABASE";
  }

  /** Of the engine that speaks this URL; empty if none at hand does. */
  static Optional<UrlForm> of(String url) {
    return all().stream().filter(form -> url.startsWith(form.prefix() + "//")).findFirst();
  }

  /** The forms that may be written, for people: {@code a, b or c}. */
  static String choices() {
    List<String> forms = all().stream().map(UrlForm::form).toList();
    int last = forms.size() - 1;
    return last <= 0
        ? String.join("", forms)
        : String.join(", ", forms.subList(0, last)) + " or " + forms.get(last);
  }

  /** Of every engine at hand. */
  static List<UrlForm> all() {
    return ServiceLoader.load(UrlForm.class, UrlForm.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .collect(Collectors.toList());
  }
}
