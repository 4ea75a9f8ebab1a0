package io.hawser.node.connection;

import io.hawser.node.transport.Transport;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A test that takes a {@link Transport.Choice}, and runs with each one that this machine has, or with the one that
 * {@code -Dhawser.transport=EPOLL} names.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@MethodSource("io.hawser.node.connection.OnEveryTransport$Available#transports")
@interface OnEveryTransport {

    /** Finds out what this machine has. */
    final class Available {

        private Available() {}

        static List<Transport.Choice> transports() {
            String only = System.getProperty("hawser.transport");
            if (only != null) {
                return List.of(Transport.Choice.valueOf(only));
            }
            List<Transport.Choice> available = new ArrayList<>();
            available.add(Transport.Choice.NIO);
            if (Epoll.isAvailable()) {
                available.add(Transport.Choice.EPOLL);
            }
            if (IoUring.isAvailable()) {
                available.add(Transport.Choice.IO_URING);
            }
            return available;
        }
    }
}
