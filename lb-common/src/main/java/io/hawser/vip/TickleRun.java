package io.hawser.vip;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The connections to be tickled after a node has died: a few at a time, so that the link and the clients can take it, and
 * all of them twice, since packets may be lost.
 */
public final class TickleRun {

    /** With the pause that is 20,000 a second, or 13 Mbit/s on the link. */
    private static final int AT_ONCE = 200;

    private static final long PAUSE_MILLIS = 10;

    /** A client answers one such packet in half a second (Linux: tcp_invalid_ratelimit). */
    private static final long PAUSE_BETWEEN_ROUNDS_MILLIS = 1000;

    /** So far apart that a client can't take both for right. */
    private static final int[] SEQUENCES = {0, 1 << 31};

    private final List<Flow> flows;
    private int round;
    private int at;

    public TickleRun(Collection<Flow> flows) {
        this.flows = List.copyOf(flows);
    }

    /** Whether nothing is left to be sent. */
    public boolean isOver() {
        return flows.isEmpty() || round == SEQUENCES.length;
    }

    /** What is to be sent next, each to its client; only while it is not over. */
    public List<TickleAck> next() {
        List<TickleAck> next = new ArrayList<>();
        int end = Math.min(at + AT_ONCE, flows.size());
        for (; at < end; at++) {
            next.add(new TickleAck(flows.get(at), SEQUENCES[round]));
        }
        if (at == flows.size()) {
            at = 0;
            round++;
        }
        return next;
    }

    /** How long to wait after that. */
    public long pauseMillis() {
        return at == 0 ? PAUSE_BETWEEN_ROUNDS_MILLIS : PAUSE_MILLIS;
    }
}
