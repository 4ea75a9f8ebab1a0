package io.hawser.node.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.slf4j.event.KeyValuePair;

/** A logged event as a line. */
final class EventLine {

    private static final Set<String> RESERVED = Set.of("time", "level", "logger", "thread", "msg", "error", "stack");

    private EventLine() {}

    static void format(ILoggingEvent event, Line line) {
        String logger = event.getLoggerName();
        line.addTime("time", Instant.ofEpochMilli(event.getTimeStamp()))
                .add("level", event.getLevel().toString())
                .add("logger", logger.substring(logger.lastIndexOf('.') + 1))
                .add("msg", event.getFormattedMessage());
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                String key = RESERVED.contains(pair.key) ? pair.key + "_" : pair.key;
                if (pair.value instanceof Integer || pair.value instanceof Long) {
                    line.add(key, ((Number) pair.value).longValue());
                } else {
                    line.add(key, String.valueOf(pair.value));
                }
            }
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.add("thread", event.getThreadName())
                    .add("error", thrown.getClassName() + ": " + thrown.getMessage())
                    .add("stack", ThrowableProxyUtil.asString(thrown));
        }
    }
}
