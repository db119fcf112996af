package io.understudy.connectors.slot;

import io.understudy.connectors.TablePatterns;

/**
 * Which slot to read, and with what limits.
 *
 * @param holdSchemaChanges whether each waits on standbys for somebody's word
 * @param maxBatchChanges most log events held in one batch
 * @param maxBatchBytes roughly the most bytes of log held in memory
 */
public record SlotSettings(
    String slot,
    String publication,
    boolean holdSchemaChanges,
    TablePatterns tables,
    int maxBatchChanges,
    long maxBatchBytes) {}
