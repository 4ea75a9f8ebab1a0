package io.hawser.node.probe;

import io.netty.util.concurrent.Future;

/** One probe of one backend, not yet started. Event loop only. */
interface Attempt {

    /** Starts it; the future is done once its connection is closed, and never fails but by {@link #cancel}. */
    Future<ProbeOutcome> start();

    /** Ends it without an outcome: its connection is closed and the future cancelled. No effect once that is done. */
    void cancel();
}
