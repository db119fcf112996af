package io.understudy.journal;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What of a database and its server has to fit that of another one.
 *
 * @param product and version, for people
 * @param major the version that decides what a dump of the one can hold for the other
 * @param encoding of text
 * @param collation what text is ordered by: its name, provider and version
 * @param extensions by name, the versions that are there
 * @param available by name, the versions that could be; empty where there is no such thing
 * @param clock the server's, when it was asked
 * @param asked this machine's clock at the same moment, about
 * @param cautions what harms a database in either role one day
 */
public record DatabaseProfile(
    String product,
    int major,
    String encoding,
    String collation,
    Map<String, String> extensions,
    Map<String, String> available,
    Instant clock,
    Instant asked,
    List<Caution> cautions) {

  /**
   * @param what a sentence that names the object
   * @param why what comes of it
   */
  public record Caution(String what, String why, String remedy) {}

  public DatabaseProfile {
    cautions = List.copyOf(cautions);
    extensions = Map.copyOf(extensions);
    available = Map.copyOf(available);
  }
}
