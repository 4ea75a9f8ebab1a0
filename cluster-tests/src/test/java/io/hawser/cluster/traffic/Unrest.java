package io.hawser.cluster.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** When which fault was in force, and so what may be put down to it. Safe from any thread. */
public final class Unrest {

    private static final long GOES_ON = Long.MAX_VALUE;

    private final long begun;
    private final List<Stroke> strokes = new ArrayList<>();

    /**
     * One fault.
     *
     * @param victims the hosts whose connections it may break, and backends whose connections and sessions; none: it must
     *     break nothing
     * @param from since the beginning, in nanoseconds
     * @param to when all was well again
     */
    public record Stroke(String what, Set<String> victims, long from, long to) {}

    /** @param begun as {@link System#nanoTime()} has it */
    public Unrest(long begun) {
        this.begun = begun;
    }

    public long now() {
        return System.nanoTime() - begun;
    }

    public void begin(String what, Set<String> victims) {
        begin(what, victims, now());
    }

    /** Likewise, of something that is found out only now. */
    public synchronized void begin(String what, Set<String> victims, long since) {
        strokes.add(new Stroke(what, Set.copyOf(victims), since, GOES_ON));
    }

    public synchronized void end() {
        Stroke last = strokes.remove(strokes.size() - 1);
        strokes.add(new Stroke(last.what(), last.victims(), last.from(), now()));
    }

    public synchronized List<Stroke> strokes() {
        return List.copyOf(strokes);
    }

    /** Whether a new connection may have failed: something was wrong at some time of its attempt. */
    public synchronized boolean explainsAttempt(long from, long to) {
        return strokes.stream().anyMatch(stroke -> stroke.from() <= to && stroke.to() >= from);
    }

    /** Whether a connection that was opened then, when that host had the VIP, may have broken since. */
    public synchronized boolean explainsBreak(long opened, String host) {
        return strokes.stream()
                .filter(stroke -> stroke.to() >= opened)
                .anyMatch(stroke -> stroke.victims().contains(host)
                        || (!stroke.victims().isEmpty() && (host.isEmpty() || stroke.from() <= opened)));
    }

    /** Whether a session that was begun then with that backend may be lost since. */
    public synchronized boolean explainsLoss(long since, String backend) {
        return strokes.stream()
                .anyMatch(stroke -> stroke.to() >= since && stroke.victims().contains(backend));
    }
}
