package io.hawser.node.admin;

import java.util.List;
import java.util.Map;

/**
 * One listener.
 *
 * @param listener its id
 * @param protocol {@code tls} or {@code tcp}
 * @param addresses where it listens, with the ports that it got
 * @param active client connections open now
 * @param maxConnections the most it takes; 0 is no limit of its own
 * @param accepted client connections since the start
 * @param errors connections that ended in error since the start, by reason
 */
public record ListenerStatus(
        String listener,
        String protocol,
        List<String> addresses,
        long active,
        long maxConnections,
        long accepted,
        Map<String, Long> errors) {}
