package io.understudy.app.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.understudy.app.config.ListenAddress;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorException;
import io.understudy.journal.MirrorName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the {@link Pages} until closed. Connections, threads and the time a request may take to
 * arrive are bounded. Knows GET and HEAD only.
 */
public final class StatusServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusServer.class);
  private static final int THREADS = 8;

  /** Also bounds what waits for a thread: one request a connection. */
  private static final String MAX_CONNECTIONS = "200";

  private static final String MAX_REQUEST_SECONDS = "10";

  private final HttpServer server;
  private final ExecutorService executor;
  private final Pages pages;

  private StatusServer(HttpServer server, ExecutorService executor, Pages pages) {
    this.server = server;
    this.executor = executor;
    this.pages = pages;
  }

  /**
   * @throws MirrorException.Operator if nobody can listen there
   */
  public static StatusServer start(
      ListenAddress address,
      MirrorName mirror,
      Set<DatabaseName> databases,
      StatusCache status,
      Health health) {
    limit("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
    limit("sun.net.httpserver.maxReqTime", MAX_REQUEST_SECONDS);
    HttpServer server = bind(address);
    AtomicInteger number = new AtomicInteger();
    ExecutorService executor =
        Executors.newFixedThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "http-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    StatusServer started =
        new StatusServer(server, executor, new Pages(mirror, databases, status, health));
    server.setExecutor(executor);
    server.createContext("/", started::handle);
    server.start();
    log.info("dashboard, status and metrics are at http://{}/", started.address());
    return started;
  }

  /** Where it listens, with the port that was chosen if the configuration left that open. */
  public ListenAddress address() {
    InetSocketAddress bound = server.getAddress();
    return new ListenAddress(bound.getAddress().getHostAddress(), bound.getPort());
  }

  /** The server reads these when its first instance is made; what the user set stays. */
  private static void limit(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static HttpServer bind(ListenAddress address) {
    try {
      return HttpServer.create(
          new InetSocketAddress(InetAddress.getByName(address.host()), address.port()), 0);
    } catch (IOException e) {
      throw new MirrorException.Operator(
          "cannot listen on " + address + " for http.listen: " + e.getMessage(),
          "if another understudy runs this mirror here, there is nothing to do; otherwise stop what"
              + " listens there, or set http.listen to another HOST:PORT of this machine, or to off",
          e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      boolean head = method.equals("HEAD");
      Reply reply =
          head || method.equals("GET")
              ? reply(exchange)
              : Reply.text(Reply.NOT_ALLOWED, "only GET and HEAD");
      send(exchange, reply, head);
    }
  }

  private Reply reply(HttpExchange exchange) {
    try {
      return pages.reply(
          exchange.getRequestURI().getPath(), exchange.getRequestURI().getRawQuery());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.text(Reply.UNAVAILABLE, "stopping");
    } catch (RuntimeException e) {
      log.error("serving {} failed", exchange.getRequestURI().getPath(), e);
      return Reply.text(Reply.FAILED, "internal error; see the log");
    }
  }

  private static void send(HttpExchange exchange, Reply reply, boolean head) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", reply.contentType());
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set(
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'");
    if (reply.status() == Reply.NOT_ALLOWED) {
      headers.set("Allow", "GET, HEAD");
    }
    if (head) {
      headers.set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(reply.status(), -1);
    } else {
      exchange.sendResponseHeaders(reply.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Ends at once; requests under way are cut off. */
  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
    pages.close();
  }
}
