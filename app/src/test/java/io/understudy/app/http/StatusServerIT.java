package io.understudy.app.http;

import static io.understudy.app.status.FakeEnds.NORTH;
import static io.understudy.app.status.FakeEnds.SHOP;
import static io.understudy.app.status.FakeEnds.SOUTH;
import static io.understudy.app.status.FakeEnds.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.app.config.ListenAddress;
import io.understudy.app.status.FakeEnds;
import io.understudy.app.status.StatusSource;
import io.understudy.journal.MirrorException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages over a real socket, above a mirror that is made up. */
class StatusServerIT {
  private static final ListenAddress ANY = new ListenAddress("127.0.0.1", 0);

  private final FakeEnds ends = FakeEnds.healthy();
  private final AtomicReference<Instant> clock = new AtomicReference<>(START.plusSeconds(1));
  private final List<String> failed = new ArrayList<>();
  private final List<String> notReady = new ArrayList<>();
  private final StatusSource source =
      new StatusSource(SHOP, List.of(NORTH, SOUTH), NORTH, ends, clock::get);
  private final StatusServer server = start(ANY);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    server.close();
    source.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/dashboard.js",
        "/dashboard.css",
        "/api/status",
        "/metrics",
        "/livez",
        "/readyz"
      })
  void servesItsPages(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isNotBlank().doesNotContainPattern("(src|href)=\"(https?:)?//");
    assertThat(answer.headers().firstValue("Content-Security-Policy")).isPresent();
  }

  @Test
  void showsTheStatusAsJson() throws IOException, InterruptedException {
    assertThat(get("/api/status").body()).contains("\"mirror\" : \"shop\"", "\"sequence\" : 12");
  }

  @Test
  void showsMetrics() throws IOException, InterruptedException {
    assertThat(get("/metrics").body().lines())
        .contains(
            "understudy_lag_seconds{mirror=\"shop\",standby=\"south\"} 3.0",
            "understudy_lag_transactions{mirror=\"shop\",standby=\"south\"} 2.0",
            "understudy_lag_bytes{mirror=\"shop\",standby=\"south\"} 8192.0",
            "understudy_applied_sequence{mirror=\"shop\",standby=\"south\"} 10.0",
            "understudy_journaled_sequence{mirror=\"shop\"} 12.0",
            "understudy_reader_lag_bytes{mirror=\"shop\"} 4096.0",
            "understudy_role_up{database=\"south\",mirror=\"shop\",role=\"applier\"} 1.0",
            "understudy_role_up{database=\"north\",mirror=\"shop\",role=\"reader\"} 1.0",
            "understudy_journal_up{mirror=\"shop\"} 1.0",
            "understudy_epoch{mirror=\"shop\"} 1.0")
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes"));
  }

  @Test
  void leavesOutOfTheMetricsWhatIsNotKnownAnyMore() throws IOException, InterruptedException {
    assertThat(get("/metrics").body()).contains("understudy_lag_seconds{");
    ends.loseSouth();
    ends.loseJournal();

    assertThat(get("/metrics").body())
        .doesNotContain(
            "understudy_lag_seconds{", "understudy_journaled_sequence{", "applied_sequence{")
        .contains(
            "understudy_journal_up{mirror=\"shop\"} 0.0",
            "understudy_database_up{database=\"south\",mirror=\"shop\"} 0.0",
            "understudy_role_up{database=\"south\",mirror=\"shop\",role=\"applier\"} 0.0");
  }

  @Test
  void tellsSupervisorsWhetherTheProcessIsFit() throws IOException, InterruptedException {
    failed.add("reader FAILED: the slot is gone");
    notReady.add("applier/south RETRYING: connection refused");

    assertThat(get("/livez"))
        .returns(503, HttpResponse::statusCode)
        .returns("reader FAILED: the slot is gone\n", HttpResponse::body);
    assertThat(get("/readyz")).returns(503, HttpResponse::statusCode);
  }

  @Test
  void tellsLoadBalancersWhereToSendWhom() throws IOException, InterruptedException {
    assertThat(status("/databases/north/primary")).isEqualTo(200);
    assertThat(status("/databases/south/primary")).isEqualTo(503);
    assertThat(status("/databases/north/standby")).isEqualTo(503);
    assertThat(status("/databases/south/standby")).isEqualTo(200);
    assertThat(status("/databases/south/standby?max-lag=10s")).isEqualTo(200);
    assertThat(status("/databases/south/standby?max-lag=2999ms")).isEqualTo(503);
    assertThat(status("/databases/south/standby?max-lag=soon")).isEqualTo(400);
    assertThat(status("/databases/east/primary")).isEqualTo(404);
    clock.set(START.plusSeconds(60));
    ends.loseSource();
    assertThat(status("/databases/south/standby?max-lag=10s")).isEqualTo(503);
    assertThat(status("/databases/north/primary")).isEqualTo(503);
  }

  @Test
  void keepsSendingClientsToTheSourceWhileTheJournalIsAway()
      throws IOException, InterruptedException {
    assertThat(status("/databases/north/primary")).isEqualTo(200);
    ends.loseJournal();

    assertThat(status("/databases/north/primary")).isEqualTo(200);
    assertThat(status("/databases/south/primary")).isEqualTo(503);
  }

  @Test
  void knowsOnlyGetAndHeadAndItsOwnPages() throws IOException, InterruptedException {
    assertThat(send("POST", "/api/status").statusCode()).isEqualTo(405);
    assertThat(send("POST", "/api/status").headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(send("HEAD", "/livez"))
        .returns(200, HttpResponse::statusCode)
        .returns("", HttpResponse::body);
    assertThat(status("/api/status/")).isEqualTo(404);
    assertThat(status("/../../etc/passwd")).isEqualTo(404);
    assertThat(status("/databases/north/primary/x")).isEqualTo(404);
  }

  @Test
  void saysWhatToDoWhenThePortIsInUse() {
    assertThatThrownBy(() -> start(server.address()))
        .isInstanceOf(MirrorException.Operator.class)
        .hasMessageContaining("cannot listen on " + server.address())
        .extracting(e -> ((MirrorException) e).remedy())
        .asString()
        .contains("http.listen", "off");
  }

  private StatusServer start(ListenAddress address) {
    return StatusServer.start(
        address,
        SHOP,
        new LinkedHashSet<>(Set.of(NORTH, SOUTH)),
        new StatusCache(source::collect, java.time.Duration.ZERO),
        new Health() {
          @Override
          public List<String> failed() {
            return failed;
          }

          @Override
          public List<String> notReady() {
            return notReady;
          }
        });
  }

  private int status(String path) throws IOException, InterruptedException {
    return get(path).statusCode();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path);
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://" + server.address() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
