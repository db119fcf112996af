package io.understudy.journal.kafka;

import java.time.Instant;

/**
 * What a running role says of itself, for {@code status}.
 *
 * @param role {@code reader}, or {@code applier/} and its standby's name, {@code controller/} and
 *     its process
 * @param process a name for the process that nobody else has: host and process id
 * @param state the role's state, by its own names
 * @param detail an error's text and remedy, or empty; never a row value or a secret
 * @param at when it said so
 */
public record RoleReport(String role, String process, String state, String detail, Instant at) {
  public static final String READER = "reader";

  /** Before the name of the process, as there are several of them. */
  public static final String CONTROLLER = "controller/";

  public static String controller(String process) {
    return CONTROLLER + process;
  }

  public static String applier(io.understudy.journal.DatabaseName standby) {
    return "applier/" + standby;
  }
}
