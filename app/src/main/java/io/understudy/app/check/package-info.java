/** Looks at all ends of a mirror and says what stands in its way. Changes nothing. */
package io.understudy.app.check;
