/** Takes a former source back as a standby, with a report of what it alone holds. */
package io.understudy.app.rejoin;
