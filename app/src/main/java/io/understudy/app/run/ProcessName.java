package io.understudy.app.run;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A name for this process that tells people where to look for it. */
public final class ProcessName {
  private ProcessName() {}

  /** Host and process id, {@code db7/4711}. */
  public static String get() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "localhost";
    }
    return host + "/" + ProcessHandle.current().pid();
  }
}
