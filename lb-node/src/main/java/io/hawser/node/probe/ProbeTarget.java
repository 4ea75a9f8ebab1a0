package io.hawser.node.probe;

import java.net.InetSocketAddress;

/**
 * A backend to be probed, and how.
 *
 * @param pool the pool's id
 * @param backend the backend's id within the pool
 * @param address where it listens, resolved
 * @param settings how it is probed
 * @param timing when it is probed
 */
public record ProbeTarget(
        String pool, String backend, InetSocketAddress address, ProbeSettings settings, ProbeTiming timing) {

    public ProbeTarget {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(
                    "the address of " + pool + "/" + backend + " is not resolved: " + address);
        }
    }

    Key key() {
        return new Key(pool, backend);
    }

    /** What a backend is known by, whatever else changes. */
    record Key(String pool, String backend) {}
}
