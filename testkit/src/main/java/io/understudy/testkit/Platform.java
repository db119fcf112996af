package io.understudy.testkit;

/** What machine the programs that are taken from packages were built for. */
final class Platform {
  private Platform() {}

  /**
   * @throws ServerException if this is another
   */
  static void require() {
    String os = System.getProperty("os.name");
    String processor = System.getProperty("os.arch");
    if (!os.equals("Linux") || !processor.equals("amd64")) {
      throw new ServerException(
          "the servers that Understudy brings along run on Linux x86-64, this is "
              + os
              + " "
              + processor
              + ": use -Dservers=containers");
    }
  }
}
