package io.understudy.journal;

import java.time.Instant;

/**
 * A record where it stands in the journal: its Kafka offset, and when the broker or producer
 * stamped it.
 */
public record JournalEntry(long offset, Instant appended, JournalRecord record) {}
