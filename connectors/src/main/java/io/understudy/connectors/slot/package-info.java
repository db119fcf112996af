/**
 * What every reader of a PostgreSQL replication slot shares: which slot, how the session that reads
 * it prints values, and what identifies a row in it.
 */
package io.understudy.connectors.slot;
