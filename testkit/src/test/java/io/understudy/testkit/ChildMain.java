package io.understudy.testkit;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** A child JVM that does what its arguments say. */
final class ChildMain {
  private ChildMain() {}

  public static void main(String[] arguments) throws Exception {
    Deque<String> words = new ArrayDeque<>(Arrays.asList(arguments));
    while (!words.isEmpty()) {
      obey(words.remove(), words);
    }
  }

  private static void obey(String order, Deque<String> words)
      throws IOException, InterruptedException {
    switch (order) {
      case "say" -> say(words.remove());
      case "exit" -> System.exit(Integer.parseInt(words.remove()));
      case "stay" -> stay();
      case "count" -> count();
      case "servers" -> runServers();
      default -> throw new IllegalArgumentException(order);
    }
  }

  private static void say(String what) {
    System.out.println("said " + what);
    System.err.println("whispered " + what);
    String greeting = System.getenv("GREETING");
    if (greeting != null) {
      System.out.println(greeting + " in " + System.getProperty("user.dir"));
    }
  }

  private static void stay() throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook ran")));
    System.out.println("stays");
    Thread.sleep(Long.MAX_VALUE);
  }

  private static void count() throws InterruptedException {
    for (int i = 1; ; i++) {
      System.out.println(i);
      Thread.sleep(20);
    }
  }

  /** Starts one of each and closes none. */
  private static void runServers() throws InterruptedException {
    PostgresServer postgres = PostgresServer.start(PostgresSettings.defaults());
    PostgresServer frozen = PostgresServer.start(PostgresSettings.defaults());
    MysqlServer mysql = MysqlServer.start(MysqlSettings.mysql());
    MysqlServer mariadb = MysqlServer.start(MysqlSettings.mariadb());
    KafkaServer kafka = KafkaServer.start();
    JavaProcess child = JavaProcess.of(ChildMain.class).heap("32m").arguments("stay").start();
    child.awaitOutput("stays", java.time.Duration.ofSeconds(30));
    frozen.pause();
    mariadb.pause();
    System.out.println(
        "runs " + postgres.port() + " " + mysql.port() + " " + kafka.bootstrapServers());
    System.out.println("child " + child.pid());
    Thread.sleep(Long.MAX_VALUE);
  }
}
