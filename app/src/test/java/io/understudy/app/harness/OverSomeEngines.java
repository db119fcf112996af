package io.understudy.app.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Like {@link OverEngines}, for what takes minutes on each: without {@code -Dengines}, PostgreSQL
 * and by turns MySQL or MariaDB, whose readers and appliers have nearly all in common. {@code make
 * chaos} runs all.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@MethodSource("io.understudy.app.harness.Engine#some")
public @interface OverSomeEngines {}
