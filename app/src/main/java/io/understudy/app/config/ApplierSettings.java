package io.understudy.app.config;

import java.time.Duration;

/** The applier's limits; their meaning stands in {@link Key}. */
public record ApplierSettings(int maxGroupChanges, long maxGroupBytes, Duration maxGroupTime) {}
