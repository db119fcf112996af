package io.understudy.app.status;

import static io.understudy.app.status.FakeEnds.NORTH;
import static io.understudy.app.status.FakeEnds.SHOP;
import static io.understudy.app.status.FakeEnds.SOUTH;
import static io.understudy.app.status.FakeEnds.START;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.journal.kafka.RoleReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The forms that people and scripts read. */
class StatusFormsTest {
  @Test
  void theJsonHoldsEveryKeyWithItsValue() throws InterruptedException, JsonProcessingException {
    assertThat(new ObjectMapper().readTree(StatusJson.line(report(FakeEnds.healthy()))))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    { "mirror": "shop", "at": "2026-01-01T12:00:01Z", "epoch": 1, "source": "north", "state": "MIRRORING",
                      "journal": { "state": "REACHABLE", "detail": "" },
                      "reader": { "state": "STREAMING", "detail": "",
                        "journaled": { "sequence": 12, "position": "0/2000", "commitTime": "2026-01-01T12:00:00Z" },
                        "source": { "state": "REACHABLE", "detail": "", "position": "0/3000" },
                        "lag": { "seconds": 1.000, "bytes": 4096 } },
                      "standbys": { "south": { "state": "FOLLOWING", "detail": "",
                        "applied": { "sequence": 10, "position": "0/1000", "commitTime": "2026-01-01T11:59:58Z" },
                        "lag": { "seconds": 3.000, "transactions": 2, "bytes": 8192 },
                        "verified": null } },
                      "failover": { "mode": null, "leader": null, "controllers": {} } }
                    """));
  }

  @Test
  void showsWhoLeadsTheControllersAndWhatTheySee()
      throws InterruptedException, JsonProcessingException {
    FakeEnds ends = FakeEnds.healthy();
    ends.roles.add(
        new RoleReport("controller/a/1", "a/1", "LEADING", "automatic; north: answers", START));
    ends.roles.add(
        new RoleReport("controller/b/2", "b/2", "OBSERVING", "automatic; north: refused", START));
    ends.roles.add(new RoleReport("controller/c/3", "c/3", "STOPPED", "", START.minusSeconds(700)));

    StatusReport report = report(ends);

    assertThat(new ObjectMapper().readTree(StatusJson.line(report)).get("failover"))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    { "mode": "automatic", "leader": "a/1", "controllers": {
                        "a/1": { "state": "LEADING", "mode": "automatic", "detail": "north: answers" },
                        "b/2": { "state": "OBSERVING", "mode": "automatic", "detail": "north: refused" } } }
                    """));
    assertThat(StatusText.of(report))
        .contains("controller  LEADING", "controller b/2: automatic, north: refused");
  }

  @Test
  void theJsonSaysNullForWhatIsNotKnown() throws InterruptedException, JsonProcessingException {
    FakeEnds ends = FakeEnds.healthy();
    ends.loseJournal();
    ends.loseSource();
    ends.loseSouth();

    String json = StatusJson.line(report(ends));

    assertThat(json)
        .contains("\"epoch\":null,\"source\":null,\"state\":\"UNKNOWN\"")
        .contains("\"journaled\":null")
        .contains("\"lag\":{\"seconds\":null,\"transactions\":null,\"bytes\":null}");
    assertThat(json.lines()).hasSize(1);
  }

  @Test
  void theTextIsATableWithTheReasonsBelow() throws InterruptedException {
    FakeEnds ends = FakeEnds.healthy();
    ends.loseSource();

    assertThat(StatusText.of(report(ends)))
        .isEqualTo(
            """
            mirror shop   MIRRORING   epoch 1   source north   at 2026-01-01 12:00:01.000

                    state        sequence  position  commit time (UTC)        behind the source
            north   UNREACHABLE  -         -         -
            reader  STREAMING    12        0/2000    2026-01-01 12:00:00.000  1.00 s
            south   FOLLOWING    10        0/1000    2026-01-01 11:59:58.000  3.00 s, 2 transactions, 4.0 KiB

            north: north does not accept connections""");
  }

  @Test
  void durationsAndSizesAreShownInUnitsThatFit() {
    assertThat(StatusText.duration(Duration.ofMillis(20))).isEqualTo("0.02 s");
    assertThat(StatusText.duration(Duration.ofSeconds(125))).isEqualTo("2 min 5 s");
    assertThat(StatusText.duration(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
    assertThat(StatusText.duration(Duration.ofHours(50))).isEqualTo("2 d 2 h");
    assertThat(StatusText.size(1023)).isEqualTo("1023 B");
    assertThat(StatusText.size(5L << 30)).isEqualTo("5.0 GiB");
  }

  private static StatusReport report(FakeEnds ends) throws InterruptedException {
    try (StatusSource status =
        new StatusSource(SHOP, List.of(NORTH, SOUTH), NORTH, ends, () -> START.plusSeconds(1))) {
      return status.collect();
    }
  }
}
