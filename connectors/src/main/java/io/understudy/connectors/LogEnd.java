package io.understudy.connectors;

import io.understudy.journal.Position;
import java.time.Instant;

/** The end of a source's log, with the source's clock at that moment. */
public record LogEnd(Position position, Instant now) {}
