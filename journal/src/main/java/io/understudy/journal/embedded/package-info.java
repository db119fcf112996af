/**
 * The journal's broker for people without a Kafka cluster: a single Kafka node in a child JVM, its
 * data in one folder, shared by all of this mirror's processes on the machine.
 */
package io.understudy.journal.embedded;
