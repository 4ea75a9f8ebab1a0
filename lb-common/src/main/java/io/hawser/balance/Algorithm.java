package io.hawser.balance;

/** The ways to balance that a pool can be configured with. */
public enum Algorithm {
    /** By the client's hash, alike on every node; see {@link Maglev}. */
    MAGLEV("maglev"),
    /** The fewest connections for its weight; see {@link LeastConnections}. */
    LEAST_CONNECTIONS("least-connections"),
    /** In turn; see {@link RoundRobin}. */
    ROUND_ROBIN("round-robin"),
    /** The better of two drawn by chance; see {@link RandomTwo}. */
    RANDOM_TWO("random-two");

    private final String label;

    Algorithm(String label) {
        this.label = label;
    }

    /** The name as the configuration and the logs write it. */
    public String label() {
        return label;
    }
}
