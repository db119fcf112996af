package io.understudy.connectors;

import io.understudy.journal.DatabaseSettings;

/**
 * What a source needs to know.
 *
 * @param reader which of an engine's readers; engines with one alone have no choice
 * @param schemaChanges what becomes of them; engines whose logs cannot carry them ignore it
 * @param maxBatchChanges most events one {@link SourceLog#poll} returns
 * @param maxBatchBytes most bytes of log held in memory on the way to the journal, roughly
 * @param biteBehind the native reader reads in bites while this many bytes of log are unread
 * @param history where the tables' shapes are kept, if the source's log does not tell them
 */
public record SourceSettings(
    DatabaseSettings database,
    TablePatterns tables,
    LogReader reader,
    SchemaChanges schemaChanges,
    int maxBatchChanges,
    long maxBatchBytes,
    long biteBehind,
    SchemaHistory history) {}
