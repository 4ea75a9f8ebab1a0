package io.hawser.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The least important level that this process logs; may change at any time. */
public final class LogLevel {

    /**
     * Libraries that fill a log with stack traces while a server is away, each second anew. What of it an operator can use
     * the node says itself, once; the level debug lets them speak.
     */
    private static final List<String> TALKATIVE = List.of("org.apache.zookeeper", "org.apache.curator");

    private LogLevel() {}

    /** Of libraries only what an operator should know; what they do, Hawser says in its own words. */
    static void quietLibraries(LoggerContext context) {
        context.getLogger("com.hazelcast").setLevel(Level.WARN);
        // When a member is gone they tell so in a dozen stack traces; that it is gone, Hawser says in a line.
        context.getLogger("com.hazelcast.spi.impl.operationservice").setLevel(Level.ERROR);
        context.getLogger("com.hazelcast.internal.server").setLevel(Level.ERROR);
        context.getLogger("com.hazelcast.internal.partition").setLevel(Level.ERROR);
        // It asks for more rights in the JVM, for metrics that nobody reads.
        context.getLogger("com.hazelcast.instance.impl.HazelcastInstanceFactory")
                .setLevel(Level.ERROR);
    }

    /** From now on, events below this level are not logged. Any thread. */
    public static void set(org.slf4j.event.Level least) {
        set((LoggerContext) LoggerFactory.getILoggerFactory(), least);
    }

    static void set(LoggerContext context, org.slf4j.event.Level least) {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.convertAnSLF4JLevel(least));
        boolean all = least.toInt() <= org.slf4j.event.Level.DEBUG.toInt();
        for (String library : TALKATIVE) {
            context.getLogger(library).setLevel(all ? null : Level.OFF);
        }
    }
}
