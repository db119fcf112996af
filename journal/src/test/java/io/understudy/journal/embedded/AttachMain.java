package io.understudy.journal.embedded;

import java.nio.file.Path;

/** A process that attaches to the broker of a folder, says which it is, and stays. */
final class AttachMain {
  private AttachMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    try (EmbeddedBroker broker = EmbeddedBroker.attach(Path.of(arguments[0]))) {
      System.out.println("broker " + broker.pid());
      Thread.sleep(Long.MAX_VALUE);
    }
  }
}
