package io.hawser.node.pool;

import io.hawser.node.metrics.BackendMetrics;
import io.hawser.pool.Load;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend as the data path reaches it. Safe from any thread.
 *
 * @param id the backend's id
 * @param address resolved
 * @param load its connections, kept over reloads
 * @param metrics its counters
 * @param failures connects that failed since the last that did not
 * @param reports where failed and then successful connects are told
 */
public record Target(
        String id,
        InetSocketAddress address,
        Load load,
        BackendMetrics metrics,
        AtomicInteger failures,
        Reports reports) {

    /** Takes what the data path sees of backends; called from event loops, must not block. */
    public interface Reports {
        void connectFailed(String backend, String why);

        /** The first connect that succeeded after failed ones. */
        void connectSucceeded(String backend);
    }

    /** A client's connection could not be made. */
    public void connectFailed(String why) {
        failures.incrementAndGet();
        reports.connectFailed(id, why);
    }

    /** A client's connection was made. */
    public void connected() {
        // Read first: the counter is zero nearly always, and writing it would bounce its cache line between the loops.
        if (failures.get() != 0 && failures.getAndSet(0) != 0) {
            reports.connectSucceeded(id);
        }
    }
}
