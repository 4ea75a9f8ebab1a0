package io.hawser.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** The least important level that this process logs; may change at any time. */
public final class LogLevel {

    private LogLevel() {}

    /** From now on, events below this level are not logged. Any thread. */
    public static void set(org.slf4j.event.Level least) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.convertAnSLF4JLevel(least));
    }
}
