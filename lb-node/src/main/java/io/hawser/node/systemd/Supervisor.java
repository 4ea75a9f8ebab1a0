package io.hawser.node.systemd;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager that started this process and wants to hear of it, or none.
 *
 * <p>Any thread, but for event loops: it may have to wait until the manager listens. What can't be told is logged, and
 * changes nothing else.
 */
public final class Supervisor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

    /** Looks within the time after which the manager gives the process up, so that one that comes late is no harm. */
    private static final int LOOKS = 4;

    private final long watchdogMicros;
    private final ScheduledExecutorService watchdog =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("watchdog", true));
    /** Null where nobody asks, and once closed. Guarded by this. */
    private @Nullable NotifySocket socket;

    private boolean failing;

    private Supervisor(@Nullable NotifySocket socket, long watchdogMicros) {
        this.socket = socket;
        this.watchdogMicros = watchdogMicros;
    }

    /**
     * The one that the environment names: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, as systemd sets them.
     *
     * @param pid of this process
     */
    public static Supervisor of(Map<String, String> environment, long pid) {
        String name = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (name.isEmpty()) {
            return new Supervisor(null, 0);
        }
        try {
            return new Supervisor(NotifySocket.to(name), watchdogMicros(environment, pid));
        } catch (IOException e) {
            log.error(
                    "cannot tell the service manager at {} (NOTIFY_SOCKET) that this node serves, so that it may end it: {}",
                    name,
                    e.getMessage());
            return new Supervisor(null, 0);
        }
    }

    private static long watchdogMicros(Map<String, String> environment, long pid) {
        String whose = environment.getOrDefault("WATCHDOG_PID", "");
        if (!whose.isEmpty() && !whose.equals(String.valueOf(pid))) {
            return 0;
        }
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        return micros.matches("[0-9]{1,18}") ? Long.parseLong(micros) : 0;
    }

    /** The node serves: after its start, and after a reload. */
    public void ready(String status) {
        tell("READY=1\nSTATUS=" + status);
    }

    /** The node takes its file in anew; {@link #ready} ends it, whatever came of it. */
    public void reloading() {
        // systemd wants to know when, on its own clock: CLOCK_MONOTONIC, which is what nanoTime reads on Linux.
        tell("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000 + "\nSTATUS=reloads its configuration");
    }

    /**
     * The node drains, and then ends.
     *
     * @param atMost how long that may take; the manager waits that long even if it was told to be less patient
     */
    public void stopping(Duration atMost) {
        tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + TimeUnit.NANOSECONDS.toMicros(atMost.toNanos())
                + "\nSTATUS=drains its connections");
    }

    /** From now on the manager is told, as often as it wants to be, that these loops turn; and not if one doesn't. */
    public void watch(Collection<? extends EventExecutor> loops) {
        if (watchdogMicros == 0) {
            return;
        }
        LoopCheck check = new LoopCheck(loops);
        long period = Math.max(1, watchdogMicros / LOOKS);
        var unused = watchdog.scheduleWithFixedDelay(() -> look(check), 0, period, TimeUnit.MICROSECONDS);
    }

    private void look(LoopCheck check) {
        if (check.allTurned()) {
            tell("WATCHDOG=1");
        } else {
            log.warn("an event loop did not turn for {} ms", watchdogMicros / LOOKS / 1000);
        }
    }

    private synchronized void tell(String message) {
        if (socket == null) {
            return;
        }
        try {
            socket.send(message);
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                log.error("cannot tell the service manager '{}': {}", message.replace('\n', ' '), e.getMessage());
            }
            failing = true;
        }
    }

    @Override
    public synchronized void close() {
        watchdog.shutdownNow();
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
