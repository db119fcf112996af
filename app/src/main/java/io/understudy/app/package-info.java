/** The command line: {@link io.understudy.app.Main} and one class for each command. */
package io.understudy.app;
