/**
 * Compares the rows of a PostgreSQL source and its standby in two snapshots that belong to one and
 * the same commit: hashed in the servers, chunk by chunk, narrowed down to rows where chunks
 * differ. Knows nothing of how the snapshots came about.
 */
package io.understudy.verify;
