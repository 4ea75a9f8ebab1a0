package io.hawser.node.state.hazelcast;

import com.hazelcast.map.IMap;
import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinitySegment;
import io.hawser.node.state.TableEvents;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the cluster who was first with a key, and never waits long for the answer. A member that fails to answer, as one
 * does for seconds before it is given up, is not asked for a while: then every node takes the balancer's choice, which is
 * the same everywhere.
 *
 * <p>Called from event loops; Hazelcast is called on a thread of its own, since that may wait.
 */
final class Claims {

    private static final Logger log = LoggerFactory.getLogger(Claims.class);

    private static final int MAX_IN_FLIGHT = 1024;
    private static final int TIMEOUTS_IN_A_ROW = 3;
    private static final long PAUSE_NANOS = 1_000_000_000;
    private static final int WARM_UP_CLAIMS = 4000;
    private static final int WARM_UP_AT_ONCE = 8;
    private static final long WARM_UP_MILLIS = 1000;

    private final ThreadPoolExecutor caller;
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
    private final Map<String, Silence> silences = new ConcurrentHashMap<>();
    private final IntFunction<String> memberOf;
    private final LongSupplier nanoTime;
    private final long waitNanos;

    /** How well one member answers. */
    private static final class Silence {
        private int timeouts;
        private long pausedUntil;

        synchronized boolean isPaused(long now) {
            return timeouts >= TIMEOUTS_IN_A_ROW && now - pausedUntil < 0;
        }

        synchronized void timedOut(long now) {
            // After a pause one more is enough.
            timeouts = Math.min(TIMEOUTS_IN_A_ROW, timeouts + 1);
            pausedUntil = now + PAUSE_NANOS;
        }

        synchronized void answered() {
            timeouts = 0;
        }
    }

    /** One key's question, once it is known whom it goes to. */
    private static final class Question {
        final CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
        volatile @Nullable Silence member;
    }

    /** @param memberOf which member has a segment, by any name for it; called on a thread of its own */
    Claims(IntFunction<String> memberOf, LongSupplier nanoTime, Duration wait) {
        this.memberOf = memberOf;
        this.nanoTime = nanoTime;
        this.waitNanos = wait.toNanos();
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
        if (!inFlight.tryAcquire()) {
            return skip(backend, events);
        }
        Question question = new Question();
        try {
            caller.execute(() -> ask(question, map, key, new Claim(key, backend, limits)));
        } catch (RejectedExecutionException e) {
            inFlight.release();
            return skip(backend, events);
        }
        return question.answer.orTimeout(waitNanos, TimeUnit.NANOSECONDS).handle((owner, failure) -> {
            Silence member = question.member;
            if (failure != null) {
                if (member != null) {
                    member.timedOut(nanoTime.getAsLong());
                }
                events.claimed(TableEvents.Claim.TIMED_OUT);
                return backend;
            }
            if (owner == null) {
                events.claimed(TableEvents.Claim.SKIPPED);
                return backend;
            }
            events.claimed(owner.equals(backend) ? TableEvents.Claim.WON : TableEvents.Claim.LOST);
            return owner;
        });
    }

    private static CompletionStage<String> skip(String backend, TableEvents events) {
        events.claimed(TableEvents.Claim.SKIPPED);
        return CompletableFuture.completedStage(backend);
    }

    private void ask(Question question, IMap<Integer, AffinitySegment> map, AffinityKey key, Claim claim) {
        int segment = AffinitySegment.of(key);
        Silence member = silences.computeIfAbsent(memberOf.apply(segment), name -> new Silence());
        if (member.isPaused(nanoTime.getAsLong())) {
            inFlight.release();
            question.answer.complete(null);
            return;
        }
        question.member = member;
        map.submitToKey(segment, claim).whenComplete((owner, failure) -> {
            inFlight.release();
            if (failure == null) {
                // One that came too late says that it lives, not that it may be waited for.
                if (question.answer.complete(owner)) {
                    member.answered();
                }
            } else {
                question.answer.completeExceptionally(failure);
            }
        });
    }

    /**
     * Makes claims that mean nothing, so that the first real ones don't wait for code that is not compiled yet. Blocks for
     * {@value #WARM_UP_MILLIS} ms at most; a claim that fails ends it.
     *
     * @param scratch a map whose segments nobody reads
     */
    void warmUp(IMap<Integer, AffinitySegment> scratch) {
        AffinitySegment.Limits limits = new AffinitySegment.Limits(WARM_UP_MILLIS, 1);
        long begin = nanoTime.getAsLong();
        try {
            for (int i = 0; i < WARM_UP_CLAIMS; i += WARM_UP_AT_ONCE) {
                CompletableFuture<?>[] answers = new CompletableFuture<?>[WARM_UP_AT_ONCE];
                for (int j = 0; j < WARM_UP_AT_ONCE; j++) {
                    AffinityKey key = new AffinityKey(AffinityKey.Kind.CLIENT_IP, i, j);
                    answers[j] = scratch.submitToKey(AffinitySegment.of(key), new Claim(key, "", limits))
                            .toCompletableFuture();
                }
                long left = TimeUnit.MILLISECONDS.toNanos(WARM_UP_MILLIS) - (nanoTime.getAsLong() - begin);
                CompletableFuture.allOf(answers).get(Math.max(1, left), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            log.debug("the warm-up of claims ended early", e);
        }
    }

    /** Members that are gone need not be remembered. */
    void forget(String member) {
        silences.remove(member);
    }

    void stop() {
        caller.shutdownNow();
    }
}
