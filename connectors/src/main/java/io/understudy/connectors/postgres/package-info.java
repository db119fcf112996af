/**
 * PostgreSQL in the role of the source: preflight, publication and slot, the initial copy, and the
 * checks before its log is opened.
 */
package io.understudy.connectors.postgres;
