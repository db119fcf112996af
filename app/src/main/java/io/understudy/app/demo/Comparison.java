package io.understudy.app.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the promoted standby should hold, computed from what the clients remember, against what it
 * holds, row by row.
 */
final class Comparison {
  private static final int SHOWN = 10;

  private Comparison() {}

  /**
   * Returns a line for each row that differs, the first ten of each table; empty if there is none.
   *
   * @param asked what the clients asked for, by id
   * @param journaled ids of the transfers that the journal holds
   * @param balances of the standby, by account
   * @param transfers of the standby, by id
   */
  static List<String> differences(
      Map<Long, Transfer> asked,
      Set<Long> journaled,
      Map<Integer, Long> balances,
      Map<Long, Transfer> transfers) {
    Map<Integer, Long> expectedBalances = new TreeMap<>();
    for (int account = 1; account <= Bank.ACCOUNTS; account++) {
      expectedBalances.put(account, Bank.OPENING_BALANCE);
    }
    Map<Long, Transfer> expectedTransfers = new TreeMap<>();
    for (long id : journaled) {
      Transfer transfer = asked.get(id);
      if (transfer == null) {
        return List.of("the journal holds transfer " + id + ", which no client asked for");
      }
      expectedTransfers.put(id, transfer);
      expectedBalances.merge(transfer.from(), -transfer.amount(), Long::sum);
      expectedBalances.merge(transfer.to(), transfer.amount(), Long::sum);
    }
    List<String> differences = new ArrayList<>();
    compare("account", expectedBalances, balances, differences);
    compare("transfer", expectedTransfers, transfers, differences);
    return differences;
  }

  private static <K extends Comparable<K>, V> void compare(
      String table, Map<K, V> expected, Map<K, V> actual, List<String> differences) {
    Map<K, V> all = new TreeMap<>(expected);
    all.putAll(actual);
    int found = 0;
    for (K key : all.keySet()) {
      V should = expected.get(key);
      V is = actual.get(key);
      if (!Objects.equals(should, is) && ++found <= SHOWN) {
        differences.add(table + " " + key + ": should be " + should + ", is " + is);
      }
    }
    if (found > SHOWN) {
      differences.add(table + ": " + (found - SHOWN) + " more rows differ");
    }
  }
}
