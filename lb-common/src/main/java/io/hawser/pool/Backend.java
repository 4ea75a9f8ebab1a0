package io.hawser.pool;

import io.hawser.net.Endpoint;

/**
 * A server behind the balancer, as configured.
 *
 * @param id its name within the pool
 * @param address where it listens
 * @param weight its share relative to the others, 0 to 1000; 0 takes no new sessions
 * @param maxConnections connections it takes at most from this node; 0 is no limit
 * @param backup used only while no other backend of the pool can be
 */
public record Backend(String id, Endpoint address, int weight, int maxConnections, boolean backup) {

    /** The largest weight. */
    public static final int MAX_WEIGHT = 1000;

    public Backend {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("the backend's id is empty");
        }
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight " + weight + " is not between 0 and " + MAX_WEIGHT);
        }
        if (maxConnections < 0) {
            throw new IllegalArgumentException("max-connections " + maxConnections + " is negative; 0 is no limit");
        }
    }
}
