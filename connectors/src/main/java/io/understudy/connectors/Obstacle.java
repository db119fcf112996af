package io.understudy.connectors;

/**
 * Something that stands in the way of mirroring.
 *
 * @param object what it is about: a setting, a table, a role
 * @param problem a sentence
 * @param remedy the statement or setting that removes it
 */
public record Obstacle(String object, String problem, String remedy) {}
