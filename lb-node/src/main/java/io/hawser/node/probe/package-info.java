/**
 * Active health probes: what this node finds out about the backends by asking them.
 *
 * <p>Start reading at {@link io.hawser.node.probe.Prober}, which knows when which backend is probed; each time it
 * starts a {@link io.hawser.node.probe.Probe}, one attempt from connect to close, whose
 * {@link io.hawser.node.probe.ProbeOutcome} goes to a {@link io.hawser.node.probe.ProbeListener}. What a row of
 * outcomes means is decided elsewhere.
 *
 * <p>Everything here happens on one event loop, which carries no traffic of clients: a TLS handshake may take some
 * milliseconds of it.
 *
 * <p>Each attempt makes a TLS context of its own ({@code ProbeTls}), so that no probe resumes a session: a resumed
 * handshake would not show whether the backend still has a key and a certificate. Whoever wants two connections that do
 * resume (to see which name a backend gives its tickets) makes two engines from one context there.
 */
@NullMarked
package io.hawser.node.probe;

import org.jspecify.annotations.NullMarked;
