package io.hawser.node.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.event.Level;

/**
 * Logging before {@link EventLog} starts and after it has ended: the same lines, in logfmt, written by the thread that
 * logs. Found by Logback as a service, so that not even the first line is of another form.
 */
public final class InitialLogging extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                Line line = LogFormat.LOGFMT.line();
                EventLine.format(event, line);
                StringBuilder text = new StringBuilder();
                line.endTo(text);
                System.out.print(text);
                System.out.flush();
            }
        };
        appender.setContext(context);
        appender.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        LogLevel.set(context, Level.INFO);
        root.addAppender(appender);
        LogLevel.quietLibraries(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
