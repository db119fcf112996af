/**
 * Real servers for the demo and the tests, and the means to hurt them: PostgreSQL, MySQL, MariaDB
 * and Kafka that can be killed, frozen and started again, child JVMs, and a proxy that breaks
 * connections. Nothing that this package starts outlives the JVM that started it, however that
 * ends.
 */
package io.understudy.testkit;
