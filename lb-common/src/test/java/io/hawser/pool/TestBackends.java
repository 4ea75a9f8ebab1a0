package io.hawser.pool;

import io.hawser.net.Endpoint;

/** Backends as tests want them to stand. */
public final class TestBackends {

    private TestBackends() {}

    /** Up, ready, idle and without a limit. */
    public static BackendView up(String id, int weight) {
        return view(id, weight, true, OperatorState.READY);
    }

    public static BackendView view(String id, int weight, boolean up, OperatorState operator) {
        return new BackendView(backend(id, 0, false), up, operator, weight, new Load());
    }

    public static Backend backend(String id, int maxConnections, boolean backup) {
        return new Backend(id, new Endpoint("192.0.2.1", 443), 100, maxConnections, backup);
    }

    /** Opens and closes connections until so many are open. */
    public static void open(BackendView view, int connections) {
        while (view.load().connections() < connections) {
            view.load().tryAcquire(0);
        }
        while (view.load().connections() > connections) {
            view.load().release();
        }
    }
}
