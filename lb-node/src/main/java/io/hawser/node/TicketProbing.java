package io.hawser.node;

import io.hawser.node.pool.PoolControl;
import io.hawser.node.probe.ProbeTarget;
import io.hawser.node.probe.ProbeTiming;
import io.hawser.node.probe.Prober;
import io.hawser.node.probe.TicketListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps asking backends what their session tickets look like: at start, from time to time, and when one comes back, for
 * then it may have a new ticket key. Control loop only.
 */
final class TicketProbing implements TicketListener {

    private static final Logger log = LoggerFactory.getLogger(TicketProbing.class);

    /** Each is a few handshakes, and nothing waits for them. */
    private static final int AT_ONCE = 8;

    /** Some servers change their ticket keys every few minutes. */
    static final Duration EVERY = Duration.ofSeconds(60);

    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(5);

    private final Map<String, PoolControl> pools;
    private final Prober prober;
    private List<ProbeTarget> targets = List.of();

    /**
     * @param loop the control loop
     * @param pools the pools, by id, as they come and go
     */
    TicketProbing(
            EventLoop loop,
            ChannelFactory<? extends Channel> channels,
            RandomGenerator random,
            Map<String, PoolControl> pools) {
        this.pools = pools;
        this.prober = Prober.ofTickets(loop, channels, random, AT_ONCE, this);
    }

    void setTargets(List<ProbeTarget> wanted) {
        targets = List.copyOf(wanted);
        prober.setTargets(targets);
    }

    /** The backend has come back: asks it within a second. */
    void again(String pool, String backend) {
        prober.remove(pool, backend);
        aim(pool, backend, ProbeTarget::timing);
    }

    private void aim(String pool, String backend, Function<ProbeTarget, ProbeTiming> timing) {
        for (ProbeTarget target : targets) {
            if (target.pool().equals(pool) && target.backend().equals(backend)) {
                prober.put(new ProbeTarget(pool, backend, target.address(), target.settings(), timing.apply(target)));
            }
        }
    }

    /**
     * How soon a backend is asked again.
     *
     * @param first from now
     * @param then from one time to the next; a tenth more or less
     */
    private record Pace(Duration first, Duration then) implements ProbeTiming {

        @Override
        public long firstDelayNanos(RandomGenerator random) {
            return jittered(first, random);
        }

        @Override
        public long nextDelayNanos(RandomGenerator random) {
            return jittered(then, random);
        }

        private static long jittered(Duration mean, RandomGenerator random) {
            return (long) (mean.toNanos() * (0.9 + 0.2 * random.nextDouble()));
        }
    }

    @Override
    public void onTickets(String pool, String backend, List<byte[]> tickets) {
        PoolControl asked = pools.get(pool);
        if (asked != null) {
            asked.ticketsGiven(backend, tickets);
        }
        aim(pool, backend, target -> new Pace(EVERY, EVERY));
    }

    @Override
    public void onFailure(String pool, String backend, String why) {
        aim(pool, backend, target -> new Pace(AFTER_A_FAILURE, AFTER_A_FAILURE));
        // Its health is others' business: a backend that is down is told of there.
        log.debug("pool {} backend {} could not be asked for session tickets: {}", pool, backend, why);
    }
}
