package io.understudy.app.config;

import java.time.Duration;

/** The reader's limits; their meaning stands in {@link Key}. */
public record ReaderSettings(
    Duration heartbeat, int maxBatchChanges, long maxBatchBytes, long biteBehind) {}
