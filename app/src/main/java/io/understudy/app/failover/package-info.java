/** Changes of the source, wired: switchover and promote, and what they tell. */
package io.understudy.app.failover;
