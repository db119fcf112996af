package io.understudy.connectors;

import io.understudy.journal.DatabaseSettings;

/**
 * What a source needs to know.
 *
 * @param maxBatchChanges most events one {@link SourceLog#poll} returns
 * @param maxBatchBytes most bytes of log held in memory on the way to the journal, roughly
 * @param history where the tables' shapes are kept, if the source's log does not tell them
 */
public record SourceSettings(
    DatabaseSettings database,
    TablePatterns tables,
    int maxBatchChanges,
    long maxBatchBytes,
    SchemaHistory history) {}
