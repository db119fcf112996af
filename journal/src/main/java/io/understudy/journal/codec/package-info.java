/**
 * How a journal record is written as bytes; {@code docs/journal-format.md} says it byte by byte.
 */
package io.understudy.journal.codec;
