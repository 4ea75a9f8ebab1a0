package io.hawser.pool;

/** What the operator wants of a backend. Kept apart from what the probes say: neither overrides the other. */
public enum OperatorState {
    /** Takes new sessions while it is healthy. */
    READY,
    /** Keeps the sessions it has and takes no new ones. */
    DRAIN,
    /** Takes nothing; its sessions move. Open connections stay until they end. */
    DOWN
}
