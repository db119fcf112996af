/** Programs that measure, each run by a target of the Makefile; what they found is in docs. */
package io.understudy.benchmarks;
