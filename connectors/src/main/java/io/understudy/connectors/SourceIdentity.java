package io.understudy.connectors;

/**
 * What tells one server's history from another's.
 *
 * @param engine {@code postgresql}, …
 * @param system the system identifier or server UUID
 * @param timeline the branch of its history; constant for engines that have none
 * @param keeper what keeps the log for this mirror on the server, if it has a name there
 */
public record SourceIdentity(String engine, String system, long timeline, String keeper) {}
