package io.understudy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationMarkTest {
  private static final VerificationId ID = new VerificationId(-2);

  @Test
  void isReadBackFromItsMarker() {
    List<VerificationMark> marks =
        List.of(
            new VerificationMark.Call(ID, new DatabaseName("south")),
            new VerificationMark.Place(ID, VerificationMark.Purpose.COMPARE, "16/B374D848"),
            new VerificationMark.Place(ID, VerificationMark.Purpose.REPAIR, "0/1"));
    for (VerificationMark mark : marks) {
      assertThat(VerificationMark.of(new Body.Marker(mark.name()))).contains(mark);
    }
  }

  @Test
  void passesOverEverythingElse() {
    for (String name :
        List.of(
            "begin",
            "verify ",
            "verify x call south",
            "verify 00 call south",
            "verify fffffffffffffffe later x")) {
      assertThat(VerificationMark.of(new Body.Marker(name))).as(name).isEmpty();
    }
    assertThat(VerificationMark.of(new Body.Heartbeat())).isEmpty();
  }
}
