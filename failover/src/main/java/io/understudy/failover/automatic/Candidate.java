package io.understudy.failover.automatic;

import io.understudy.journal.DatabaseName;
import java.time.Instant;
import java.util.Optional;

/**
 * A standby, as the leader found it.
 *
 * @param applied the commit time of what it applied last, by the source's clock
 * @param obstacle why it cannot be promoted; empty if it can
 */
public record Candidate(DatabaseName name, Optional<Instant> applied, Optional<String> obstacle) {}
