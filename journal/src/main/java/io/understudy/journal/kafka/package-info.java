/**
 * The ordered log on Kafka. {@link io.understudy.journal.kafka.Journal} is where to start: it makes
 * and checks the topics, and hands out the one {@link io.understudy.journal.kafka.JournalWriter},
 * any number of {@link io.understudy.journal.kafka.JournalReader}s, and the {@link
 * io.understudy.journal.kafka.StateStore}.
 */
package io.understudy.journal.kafka;
