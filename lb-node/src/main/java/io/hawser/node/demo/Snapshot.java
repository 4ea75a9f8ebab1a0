package io.hawser.node.demo;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How all stands at one moment.
 *
 * @param seconds since clients began to come
 * @param vip its address and port
 * @param owner the node that has it; null when none has
 * @param nodes whether each lives, by its id
 * @param backends all of them
 * @param sessionsOf how many sessions live on each backend
 * @param answersOf how many requests each backend has answered
 * @param rate answers a second
 * @param verdict so far
 */
record Snapshot(
        double seconds,
        String vip,
        @Nullable String owner,
        Map<String, Boolean> nodes,
        List<String> backends,
        Map<String, Long> sessionsOf,
        Map<String, Long> answersOf,
        long rate,
        Verdict verdict) {}
