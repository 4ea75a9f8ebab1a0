package io.hawser.node.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.OutputStream;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.LoggerFactory;

/**
 * The event log: what is logged through SLF4J, one line an event.
 *
 * <p>Logging never waits: what the output does not take in time is dropped and counted.
 */
public final class EventLog implements AutoCloseable {

    private static final int CAPACITY = 8 * 1024;

    private final LoggerContext context;
    private final LineWriter<ILoggingEvent> writer;
    private final LongAdder dropped;

    private EventLog(LoggerContext context, LineWriter<ILoggingEvent> writer, LongAdder dropped) {
        this.context = context;
        this.writer = writer;
        this.dropped = dropped;
    }

    /**
     * Takes over all logging of this process.
     *
     * @param stream the process's stdout; shared with the access log
     * @param least the least important level that is logged
     */
    public static EventLog start(OutputStream stream, LogFormat format, org.slf4j.event.Level least) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        LongAdder dropped = new LongAdder();
        LineWriter<ILoggingEvent> writer = new LineWriter<>(
                "event-log", CAPACITY, format, EventLine::format, new StandardOutput(stream), dropped::increment);
        Appender appender = new Appender(writer);
        appender.setContext(context);
        appender.start();
        context.reset();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        LogLevel.set(context, least);
        root.addAppender(appender);
        LogLevel.quietLibraries(context);
        return new EventLog(context, writer, dropped);
    }

    /** Events that the output did not take in time, since the start. Any thread. */
    public long dropped() {
        return dropped.sum();
    }

    /** Writes what is queued, for two seconds at most. Events from now on go out one by one, as before the start. */
    @Override
    public void close() {
        context.reset();
        new InitialLogging().configure(context);
        writer.close();
    }

    private static final class Appender extends UnsynchronizedAppenderBase<ILoggingEvent> {

        private final LineWriter<ILoggingEvent> writer;

        Appender(LineWriter<ILoggingEvent> writer) {
            this.writer = writer;
            setName("event-log");
        }

        @Override
        protected void append(ILoggingEvent event) {
            // Arguments may change once the caller goes on.
            event.prepareForDeferredProcessing();
            writer.offer(event);
        }
    }
}
