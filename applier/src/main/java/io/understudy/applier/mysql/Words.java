package io.understudy.applier.mysql;

/** The words of an ENUM's type, as the catalog prints them: quoted, quotes doubled. */
final class Words {
  private Words() {}

  static boolean isEnumWithoutEmptyWord(String type) {
    if (!type.startsWith("enum(")) {
      return false;
    }
    int at = "enum(".length();
    while (at < type.length() && type.charAt(at) == '\'') {
      int end = endOfWord(type, at);
      if (end == at + 2) {
        return false;
      }
      at = end + 1;
    }
    return true;
  }

  /** The index behind the word that begins at {@code from}. */
  private static int endOfWord(String type, int from) {
    int at = from + 1;
    while (at < type.length()) {
      if (type.charAt(at) != '\'') {
        at++;
      } else if (at + 1 < type.length() && type.charAt(at + 1) == '\'') {
        at += 2;
      } else {
        return at + 1;
      }
    }
    return type.length();
  }
}
