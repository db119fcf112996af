package io.understudy.app.http;

import io.understudy.app.status.StatusJson;
import io.understudy.journal.DatabaseName;
import io.understudy.journal.MirrorName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** Finds the page for a path. */
final class Pages implements AutoCloseable {
  private static final String INDEX =
      "there is: / /api/status /metrics /livez /readyz /databases/DB/primary /databases/DB/standby";

  private final StatusCache status;
  private final Health health;
  private final Metrics metrics;
  private final DatabasePages databases;

  Pages(MirrorName mirror, Set<DatabaseName> databases, StatusCache status, Health health) {
    this.status = status;
    this.health = health;
    this.metrics = new Metrics(mirror.value());
    this.databases = new DatabasePages(databases);
  }

  /**
   * @param query without the question mark; may be null
   */
  Reply reply(String path, String query) throws InterruptedException {
    if (DatabasePages.serves(path)) {
      return databases.reply(path, query, status.fresh());
    }
    return switch (path) {
      case "/" -> file("dashboard.html", "text/html; charset=utf-8");
      case "/dashboard.js" -> file("dashboard.js", "text/javascript; charset=utf-8");
      case "/dashboard.css" -> file("dashboard.css", "text/css; charset=utf-8");
      case "/api/status" ->
          new Reply(Reply.OK, "application/json", StatusJson.pretty(status.get()) + "\n");
      case "/metrics" -> new Reply(Reply.OK, Metrics.CONTENT_TYPE, metrics.scrape(status.get()));
      case "/livez" -> health(health.failed());
      case "/readyz" -> health(health.notReady());
      default -> Reply.text(Reply.NOT_FOUND, INDEX);
    };
  }

  private static Reply health(List<String> reasons) {
    return reasons.isEmpty()
        ? Reply.text(Reply.OK, "ok")
        : Reply.text(Reply.UNAVAILABLE, String.join("\n", reasons));
  }

  private static Reply file(String name, String contentType) {
    try (InputStream in = Pages.class.getResourceAsStream(name)) {
      return new Reply(
          Reply.OK, contentType, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    metrics.close();
  }
}
