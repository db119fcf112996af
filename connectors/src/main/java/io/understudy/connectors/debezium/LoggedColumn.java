package io.understudy.connectors.debezium;

/**
 * A column as the log announced it.
 *
 * @param type the type's object identifier, unsigned 32 bits
 * @param modifier the type's modifier, -1 for none
 */
public record LoggedColumn(String name, int type, int modifier) {}
