package io.hawser.node.state.hazelcast;

import com.hazelcast.map.IMap;
import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinitySegment;
import io.hawser.node.state.TableEvents;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Asks the cluster who was first with a key, and never waits long for the answer. When answers fail to come, which is so
 * for seconds after a member has fallen silent, it stops asking for a while: then every node takes the balancer's choice,
 * which is the same everywhere.
 *
 * <p>Called from event loops; Hazelcast is called on a thread of its own, since that may wait.
 */
final class Claims {

    private static final int MAX_IN_FLIGHT = 1024;
    private static final int TIMEOUTS_IN_A_ROW = 8;
    private static final long PAUSE_NANOS = 1_000_000_000;

    private final ThreadPoolExecutor caller;
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
    private final AtomicInteger timeouts = new AtomicInteger();
    private final AtomicLong pausedUntil;
    private final LongSupplier nanoTime;
    private final long waitNanos;

    Claims(LongSupplier nanoTime, Duration wait) {
        this.nanoTime = nanoTime;
        this.waitNanos = wait.toNanos();
        this.pausedUntil = new AtomicLong(nanoTime.getAsLong());
        this.caller =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_IN_FLIGHT), task -> {
                    Thread thread = new Thread(task, "affinity-claims");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Completes with the backend that the key is tied to, or with the proposed one when the answer doesn't come in time. */
    CompletionStage<String> claim(
            IMap<Integer, AffinitySegment> map,
            AffinityKey key,
            String backend,
            AffinitySegment.Limits limits,
            TableEvents events) {
        if (nanoTime.getAsLong() - pausedUntil.get() < 0 || !inFlight.tryAcquire()) {
            events.claimed(TableEvents.Claim.SKIPPED);
            return CompletableFuture.completedStage(backend);
        }
        CompletableFuture<String> answer = new CompletableFuture<>();
        try {
            caller.execute(() -> map.submitToKey(AffinitySegment.of(key), new Claim(key, backend, limits))
                    .whenComplete((owner, failure) -> {
                        inFlight.release();
                        if (failure == null) {
                            answer.complete(owner);
                        } else {
                            answer.completeExceptionally(failure);
                        }
                    }));
        } catch (RejectedExecutionException e) {
            inFlight.release();
            events.claimed(TableEvents.Claim.SKIPPED);
            return CompletableFuture.completedStage(backend);
        }
        return answer.orTimeout(waitNanos, TimeUnit.NANOSECONDS).handle((owner, failure) -> {
            if (failure == null) {
                timeouts.set(0);
                events.claimed(owner.equals(backend) ? TableEvents.Claim.WON : TableEvents.Claim.LOST);
                return owner;
            }
            if (timeouts.incrementAndGet() >= TIMEOUTS_IN_A_ROW) {
                pausedUntil.set(nanoTime.getAsLong() + PAUSE_NANOS);
            }
            events.claimed(TableEvents.Claim.TIMED_OUT);
            return backend;
        });
    }

    void stop() {
        caller.shutdownNow();
    }
}
