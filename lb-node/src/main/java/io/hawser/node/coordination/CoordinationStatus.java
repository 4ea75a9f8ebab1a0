package io.hawser.node.coordination;

import java.util.List;

/**
 * How the coordination stands.
 *
 * @param kind {@code standalone} or {@code zookeeper}
 * @param connected whether changes can be made now, and those of others are heard
 * @param obstacles why this node should not be counted on yet, one sentence each
 * @param warnings what is wrong and does no harm to traffic, one sentence each
 */
public record CoordinationStatus(String kind, boolean connected, List<String> obstacles, List<String> warnings) {

    public CoordinationStatus {
        obstacles = List.copyOf(obstacles);
        warnings = List.copyOf(warnings);
    }
}
