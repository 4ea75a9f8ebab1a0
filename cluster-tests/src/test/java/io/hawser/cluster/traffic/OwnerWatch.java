package io.hawser.cluster.traffic;

import io.hawser.cluster.harness.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every host's interface all the time, and remembers from when to when each surely had the VIP: so two that
 * overlap surely had it at once.
 */
public final class OwnerWatch implements AutoCloseable {

    private static final long EVERY_MILLIS = 20;

    private final Unrest clock;
    private final List<Turn> turns = new ArrayList<>();
    private final Map<String, Thread> threads = new HashMap<>();
    private final InetAddress vip;
    private volatile boolean closed;

    /**
     * A host was seen to have the VIP, without a break.
     *
     * @param from in nanoseconds since the beginning
     * @param to when it was last seen so
     */
    public record Turn(String host, long from, long to) {}

    /** @param vip the address, a literal */
    public OwnerWatch(String vip, Unrest clock) throws IOException {
        this.vip = InetAddress.getByName(vip);
        this.clock = clock;
    }

    /** Begins to watch a host. A host of that name that was watched before is not any more. */
    public void add(String name, Place host) throws Exception {
        Thread before = threads.remove(name);
        if (before != null) {
            before.interrupt();
            before.join();
        }
        threads.put(name, host.call(() -> {
            // Made there, so that it sees that host's interfaces.
            Thread thread = new Thread(() -> watch(name), "watch-" + name);
            thread.setDaemon(true);
            thread.start();
            return thread;
        }));
    }

    private void watch(String host) {
        int mine = -1;
        while (!closed) {
            long before = clock.now();
            boolean has = has();
            synchronized (this) {
                if (!has) {
                    mine = -1;
                } else if (mine < 0) {
                    mine = turns.size();
                    turns.add(new Turn(host, clock.now(), clock.now()));
                } else {
                    // It had it at some time after "before".
                    turns.set(mine, new Turn(host, turns.get(mine).from(), before));
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean has() {
        try {
            NetworkInterface link = NetworkInterface.getByName("eth0");
            return link != null && link.inetAddresses().anyMatch(vip::equals);
        } catch (IOException e) {
            return false;
        }
    }

    public synchronized List<Turn> turns() {
        return List.copyOf(turns);
    }

    /** Who has it now, as far as was seen; empty when nobody has. */
    public synchronized String owner() {
        long recent = clock.now() - TimeUnit.MILLISECONDS.toNanos(10 * EVERY_MILLIS);
        @Nullable Turn last = null;
        for (Turn turn : turns) {
            if (turn.to() >= recent && (last == null || turn.from() > last.from())) {
                last = turn;
            }
        }
        return last == null ? "" : last.host();
    }

    /** Every two that had it at once. */
    public synchronized List<String> overlaps() {
        List<String> overlaps = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            for (int j = i + 1; j < turns.size(); j++) {
                Turn a = turns.get(i);
                Turn b = turns.get(j);
                if (a.from() < b.to() && b.from() < a.to()) {
                    overlaps.add("two owners at once: " + a + " and " + b);
                }
            }
        }
        return overlaps;
    }

    @Override
    public void close() {
        closed = true;
    }
}
