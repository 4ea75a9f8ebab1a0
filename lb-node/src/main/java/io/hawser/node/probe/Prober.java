package io.hawser.node.probe;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes a changing set of backends, each in its own rhythm.
 *
 * <p>A backend never has two probes at once, not even while its target is replaced; and no more than a given number of
 * probes run at once in all: others wait in the order in which they fell due, each backend at most once.
 *
 * <p>All methods are for its event loop only, except {@link #counts}.
 */
public final class Prober {

    private static final Logger log = LoggerFactory.getLogger(Prober.class);

    private final EventLoop loop;
    private final RandomGenerator random;
    private final ProbeListener listener;
    private final Function<ProbeTarget, Attempt> attempts;
    private final Turns turns;
    private final Map<ProbeTarget.Key, Rhythm> rhythms = new HashMap<>();
    private volatile int targets;

    /**
     * @param loop on which everything happens; it should carry no traffic
     * @param channels makes TCP client channels that fit the loop
     * @param random for the jitter; used on the loop only
     * @param mostAtOnce probes that may run at once, above 0
     * @param userAgent what HTTP backends are told of who asks: printable ASCII
     * @param listener hears the outcomes
     */
    public Prober(
            EventLoop loop,
            ChannelFactory<? extends Channel> channels,
            RandomGenerator random,
            int mostAtOnce,
            String userAgent,
            ProbeListener listener) {
        this(
                loop,
                random,
                mostAtOnce,
                listener,
                target -> new Probe(loop, channels, target.address(), target.settings(), userAgent));
    }

    /**
     * A prober that asks backends for session tickets, in place of their health.
     *
     * @param mostAtOnce probes that may run at once, above 0
     * @param tickets hears what they give
     */
    public static Prober ofTickets(
            EventLoop loop,
            ChannelFactory<? extends Channel> channels,
            RandomGenerator random,
            int mostAtOnce,
            TicketListener tickets) {
        return new Prober(
                loop,
                random,
                mostAtOnce,
                (pool, backend, outcome) -> {
                    if (outcome instanceof ProbeOutcome.Failed failed) {
                        tickets.onFailure(pool, backend, failed.why());
                    }
                },
                target -> new TicketProbe(
                        loop,
                        channels,
                        target.address(),
                        target.settings(),
                        given -> tickets.onTickets(target.pool(), target.backend(), given)));
    }

    Prober(
            EventLoop loop,
            RandomGenerator random,
            int mostAtOnce,
            ProbeListener listener,
            Function<ProbeTarget, Attempt> attempts) {
        this.loop = loop;
        this.random = random;
        this.listener = listener;
        this.attempts = attempts;
        this.turns = new Turns(mostAtOnce);
    }

    /**
     * Probes exactly these from now on. Those that are probed already and have not changed keep their rhythm.
     *
     * @throws IllegalArgumentException if one backend is there twice; nothing has changed then
     */
    public void setTargets(Collection<ProbeTarget> wanted) {
        requireLoop();
        Set<ProbeTarget.Key> keys = new HashSet<>();
        for (ProbeTarget target : wanted) {
            if (!keys.add(target.key())) {
                throw new IllegalArgumentException("two targets for " + target.pool() + "/" + target.backend());
            }
        }
        for (ProbeTarget.Key key : List.copyOf(rhythms.keySet())) {
            if (!keys.contains(key)) {
                remove(key.pool(), key.backend());
            }
        }
        wanted.forEach(this::put);
    }

    /** Probes this one too, or in place of the target of the same backend; one that has not changed is not disturbed. */
    public void put(ProbeTarget target) {
        requireLoop();
        rhythms.computeIfAbsent(target.key(), Rhythm::new).aim(target);
        targets = rhythms.size();
    }

    /** Ends the probing of a backend, and the probe that may be running. No effect if there is none. */
    public void remove(String pool, String backend) {
        requireLoop();
        Rhythm rhythm = rhythms.get(new ProbeTarget.Key(pool, backend));
        if (rhythm != null) {
            rhythm.stop();
        }
    }

    /** Ends all probing, running probes included. */
    public void close() {
        setTargets(List.of());
    }

    /** What is going on, for metrics; from any thread. */
    public ProbeCounts counts() {
        return turns.counts(targets);
    }

    private void requireLoop() {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException("a prober's targets are changed on its event loop only");
        }
    }

    /** The probes of one backend: a timer runs, or it waits for its turn, or a probe runs. */
    private final class Rhythm {
        private final ProbeTarget.Key key;
        private final Runnable turn = this::probe;
        private @Nullable ProbeTarget target;
        private @Nullable Future<?> timer;
        private @Nullable Attempt attempt;
        private long startNanos;

        Rhythm(ProbeTarget.Key key) {
            this.key = key;
        }

        void aim(ProbeTarget next) {
            if (next.equals(target)) {
                return;
            }
            rest();
            target = next;
            Attempt outdated = attempt;
            if (outdated == null) {
                schedule(next.timing().firstDelayNanos(random));
            } else {
                // Its end begins the new rhythm, so that the backend has never two connections.
                outdated.cancel();
            }
        }

        void stop() {
            rest();
            target = null;
            Attempt outdated = attempt;
            if (outdated == null) {
                forget();
            } else {
                outdated.cancel();
            }
        }

        private void rest() {
            if (timer != null) {
                timer.cancel(false);
            }
            timer = null;
            turns.withdraw(turn);
        }

        private void schedule(long delayNanos) {
            timer = loop.schedule(this::fallDue, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
        }

        private void fallDue() {
            timer = null;
            turns.ask(turn);
        }

        private void probe() {
            ProbeTarget aimedAt = target;
            if (aimedAt == null) {
                throw new IllegalStateException("a turn came for " + key + ", which is not probed");
            }
            startNanos = loop.ticker().nanoTime();
            start(aimedAt).addListener((Future<ProbeOutcome> outcome) -> ended(aimedAt, outcome));
        }

        private Future<ProbeOutcome> start(ProbeTarget aimedAt) {
            try {
                Attempt begun = attempts.apply(aimedAt);
                attempt = begun;
                return begun.start();
            } catch (RuntimeException e) {
                // Whatever is wrong, this backend must not keep its turn, nor be forgotten.
                log.error("probe of {}/{} failed to start: this is a fault of Hawser", key.pool(), key.backend(), e);
                return loop.newSucceededFuture(new ProbeOutcome.NotTried("the probe failed to start: " + e));
            }
        }

        private void ended(ProbeTarget probed, Future<ProbeOutcome> outcome) {
            attempt = null;
            turns.end();
            ProbeTarget current = target;
            if (current == null) {
                forget();
            } else if (!current.equals(probed)) {
                schedule(current.timing().firstDelayNanos(random));
            } else {
                try {
                    if (outcome.isSuccess()) {
                        listener.onProbe(key.pool(), key.backend(), outcome.getNow());
                    }
                } finally {
                    // The listener may have removed or replaced the target, or have thrown; the others go on.
                    if (probed.equals(target) && timer == null) {
                        long passed = loop.ticker().nanoTime() - startNanos;
                        schedule(probed.timing().nextDelayNanos(random) - passed);
                    }
                }
            }
        }

        private void forget() {
            rhythms.remove(key, this);
            targets = rhythms.size();
        }
    }
}
