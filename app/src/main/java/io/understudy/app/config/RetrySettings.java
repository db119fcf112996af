package io.understudy.app.config;

import java.time.Duration;

/**
 * How long to pause between attempts to reach what is away: from {@code initial} up to {@code max}.
 */
public record RetrySettings(Duration initial, Duration max) {}
