package io.understudy.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Map<Long, Transfer> ASKED =
      Map.of(1L, new Transfer(1, 10, 20, 5), 2L, new Transfer(2, 20, 30, 7));

  private final Map<Integer, Long> balances = new HashMap<>();
  private final Map<Long, Transfer> transfers = new HashMap<>();

  @BeforeEach
  void aBankAfterTheFirstTransfer() {
    for (int account = 1; account <= Bank.ACCOUNTS; account++) {
      balances.put(account, Bank.OPENING_BALANCE);
    }
    balances.put(10, Bank.OPENING_BALANCE - 5);
    balances.put(20, Bank.OPENING_BALANCE + 5);
    transfers.put(1L, ASKED.get(1L));
  }

  @Test
  void findsNothingWhereEveryRowIsRight() {
    assertThat(Comparison.differences(ASKED, Set.of(1L), balances, transfers)).isEmpty();
  }

  @Test
  void findsATransferThatIsMissing() {
    assertThat(Comparison.differences(ASKED, Set.of(1L, 2L), balances, transfers))
        .containsExactly(
            "account 20: should be 998, is 1005",
            "account 30: should be 1007, is 1000",
            "transfer 2: should be Transfer[id=2, from=20, to=30, amount=7], is null");
  }

  @Test
  void findsATransferAppliedTwiceToAnAccount() {
    balances.merge(20, 5L, Long::sum);

    assertThat(Comparison.differences(ASKED, Set.of(1L), balances, transfers))
        .containsExactly("account 20: should be 1005, is 1010");
  }

  @Test
  void findsARowThatShouldNotBeThere() {
    transfers.put(2L, ASKED.get(2L));

    assertThat(Comparison.differences(ASKED, Set.of(1L), balances, transfers)).hasSize(1);
  }
}
