/** Placeholder of module failover until its first class lands. */
package io.understudy.failover;
