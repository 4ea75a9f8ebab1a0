package io.hawser.node.probe;

/** Hears the outcome of each probe. */
@FunctionalInterface
public interface ProbeListener {

    /**
     * A probe has ended and its connection is closed.
     *
     * <p>Called on the prober's event loop, in the order in which the probes end; it must not block. It may change the
     * prober's targets. A probe whose target was removed or replaced meanwhile is not reported.
     */
    void onProbe(String pool, String backend, ProbeOutcome outcome);
}
