/**
 * Reads the binary logs of MySQL and MariaDB with Debezium's binlog client, and prints values as
 * the server does. The only package that knows that client. Why the client and not the connector
 * around it: {@code docs/decisions/0005-binary-logs-without-debeziums-task.md}.
 */
package io.understudy.connectors.binlog;
