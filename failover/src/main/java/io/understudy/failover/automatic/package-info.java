/** When a standby is promoted without anybody asking: pure rules over what observers saw. */
package io.understudy.failover.automatic;
