package io.hawser.cluster.failover;

/** What befalls the host that has the address, or what is done with it on purpose. */
enum Mishap {
    PROXY_KILLED("The balancer's process is killed (SIGKILL)"),
    KEEPER_KILLED("What keeps the address is killed (SIGKILL)"),
    ALL_KILLED("All its processes are killed at once"),
    HOST_SILENT("The host falls silent"),
    PROXY_STOPPED("The balancer's process is stopped (SIGSTOP)"),
    KEEPER_STOPPED("What keeps the address is stopped (SIGSTOP)"),
    PEERS_CUT("The host and the others don't hear each other; clients reach all"),
    STORE_CUT("The host and ZooKeeper don't hear each other"),
    MOVED("An operator moves the address"),
    DRAINED("An operator drains the node"),
    TERMINATED("The services are stopped (SIGTERM)");

    private final String sentence;

    Mishap(String sentence) {
        this.sentence = sentence;
    }

    /** For people. */
    String sentence() {
        return sentence;
    }

    /** Whether it is done on purpose, by people who would like to break nothing. */
    boolean isDeliberate() {
        return this == MOVED || this == DRAINED || this == TERMINATED;
    }

    /** Whether another host should have the address afterwards. */
    boolean moves() {
        return this != PEERS_CUT;
    }
}
