/**
 * Reads PostgreSQL's log with Debezium's connector, driven directly as a Kafka Connect source task:
 * its own thread decodes into its bounded queue, and this side polls. The only package that knows
 * Debezium and Kafka Connect. Why it is bent the way it is: {@code
 * docs/decisions/0004-debezium-without-stored-offsets.md}.
 */
package io.understudy.connectors.debezium;
