package io.understudy.failover;

import io.understudy.journal.kafka.MirrorFacts.State;

/**
 * A row of the table.
 *
 * @param action done once {@code to} is stored
 */
public record Transition(State from, State to, Condition condition, Action action) {}
