package io.understudy.connectors.postgres;

import io.understudy.journal.Change;
import io.understudy.journal.postgres.Lsn;
import java.time.Instant;
import java.util.List;

/** A whole transaction as the log gave it. */
record Transaction(String id, List<Change> changes, Lsn position, Instant time) {}
