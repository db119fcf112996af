/**
 * The native reader of PostgreSQL's log: decodes {@code pgoutput} and passes values on as the
 * server printed them. Decision 0006 says why there is one.
 */
package io.understudy.connectors.pgoutput;
