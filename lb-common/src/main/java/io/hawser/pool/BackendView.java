package io.hawser.pool;

/**
 * One backend at one moment.
 *
 * @param backend who it is
 * @param up the verdict of the probes and of passive ejection
 * @param operator what the operator wants of it
 * @param weight the weight in force: the operator's, scaled while the backend starts slowly
 * @param load its open connections, live
 */
public record BackendView(Backend backend, boolean up, OperatorState operator, int weight, Load load) {

    /** Whether a session that is tied to it may go on there. */
    public boolean keepsSessions() {
        return up && operator != OperatorState.DOWN;
    }

    /** Whether it may be chosen for a session that nothing ties to a backend. */
    public boolean takesSessions() {
        return up && operator == OperatorState.READY && weight > 0;
    }

    public boolean isFull() {
        return backend.maxConnections() > 0 && load.connections() >= backend.maxConnections();
    }
}
