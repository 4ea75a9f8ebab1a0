package io.hawser.node.identity;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** How often TLS was agreed on with somebody, and how often it was not, and why. Any thread. */
public final class HandshakeCounts {

    private final LongAdder done = new LongAdder();
    private final Map<HandshakeFailure.Reason, LongAdder> failed = new EnumMap<>(HandshakeFailure.Reason.class);

    public HandshakeCounts() {
        for (HandshakeFailure.Reason reason : HandshakeFailure.Reason.values()) {
            failed.put(reason, new LongAdder());
        }
    }

    /** One more that was agreed on. */
    public void succeeded() {
        done.increment();
    }

    /** One more that was not. */
    public void failed(HandshakeFailure.Reason reason) {
        Objects.requireNonNull(failed.get(reason)).increment();
    }

    /** The counts by the label that a metric has for them; {@code done} for those that were agreed on. */
    public Map<String, Long> byResult() {
        Map<String, Long> counts = new TreeMap<>();
        counts.put("done", done.sum());
        failed.forEach((reason, count) -> counts.put(reason.label(), count.sum()));
        return counts;
    }
}
