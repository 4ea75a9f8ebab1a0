package io.hawser.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** The least important level that this process logs; may change at any time. */
public final class LogLevel {

    private LogLevel() {}

    /** Of libraries only what an operator should know; what they do, Hawser says in its own words. */
    static void quietLibraries(LoggerContext context) {
        context.getLogger("com.hazelcast").setLevel(Level.WARN);
        // It asks for more rights in the JVM, for metrics that nobody reads.
        context.getLogger("com.hazelcast.instance.impl.HazelcastInstanceFactory")
                .setLevel(Level.ERROR);
    }

    /** From now on, events below this level are not logged. Any thread. */
    public static void set(org.slf4j.event.Level least) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.convertAnSLF4JLevel(least));
    }
}
