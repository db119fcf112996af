package io.understudy.connectors.mysql;

import io.understudy.journal.Change;
import io.understudy.journal.Position;
import java.time.Instant;
import java.util.List;

/** A whole transaction as the log gave it. */
record Transaction(String id, List<Change> changes, Position position, Instant time) {}
