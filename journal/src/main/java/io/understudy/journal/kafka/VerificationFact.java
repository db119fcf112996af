package io.understudy.journal.kafka;

import io.understudy.journal.DatabaseName;
import io.understudy.journal.Sequence;
import java.time.Instant;

/**
 * What the last verification of a standby came to.
 *
 * @param sequence of the last transaction that both sides showed
 * @param at when it was done
 * @param result {@code identical}, {@code different}, …
 */
public record VerificationFact(
    DatabaseName standby, Sequence sequence, Instant at, String result) {}
