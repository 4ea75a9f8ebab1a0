package io.hawser.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.affinity.AffinityKey.Kind;
import io.hawser.testing.Threads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Many threads at one table. */
final class AffinityConcurrencyTest {

    private static final int THREADS = 8;
    private static final int KEYS = 20_000;

    private final LocalAffinityTable table = new LocalAffinityTable(1000, 100_000, 42);

    /** Every thread claims every key for itself, in the same order, so that they meet all the time. */
    @Test
    void aKeyHasOneWinnerWhomAllFollow() throws Exception {
        List<List<String>> owners = Threads.run(THREADS, thread -> () -> {
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                seen.add(table.claim(key(i), "b" + thread, 0)
                        .toCompletableFuture()
                        .join());
            }
            return seen;
        });

        Set<String> winners = new HashSet<>();
        for (int i = 0; i < KEYS; i++) {
            String owner = table.find(key(i), 0);
            for (List<String> seen : owners) {
                assertThat(seen.get(i)).isEqualTo(owner);
            }
            winners.add(owner == null ? "nobody" : owner);
        }
        assertThat(winners).as("they did meet").hasSizeGreaterThan(1);
        assertThat(table.size()).isEqualTo(KEYS);
    }

    /** Whatever threads do at once, the table stays within its bound, consistent, and empties to nothing. */
    @Test
    void staysWholeUnderEveryOperationAtOnce() throws Exception {
        int bound = 5_000;
        LocalAffinityTable small = new LocalAffinityTable(50, bound, 42);
        Threads.run(THREADS, thread -> churn(small, new Random(thread), bound));

        assertThat(small.entries(Integer.MAX_VALUE, 200))
                .allMatch(entry -> entry.backend().equals("b" + entry.key().high()));
        small.sweep(10_000);
        assertThat(small.size()).isZero();
    }

    private static Callable<Void> churn(LocalAffinityTable table, Random random, int bound) {
        return () -> {
            for (int i = 0; i < 30_000; i++) {
                // The backend follows from the key, so that a mix-up of two entries shows.
                AffinityKey key = new AffinityKey(Kind.CLIENT_IP, random.nextInt(5), random.nextInt(4_000));
                String backend = "b" + key.high();
                long now = i / 150;
                switch (random.nextInt(200)) {
                    case 0 -> table.sweep(now);
                    case 1 -> table.clear(random.nextInt(50) == 0 ? null : backend);
                    case 2 -> assertThat(table.size()).isLessThanOrEqualTo(bound);
                    default -> {
                        String found = table.find(key, now);
                        assertThat(found == null || found.equals(backend)).isTrue();
                        switch (random.nextInt(4)) {
                            case 0 -> table.forget(key);
                            case 1 ->
                                assertThat(table.claim(key, backend, now)
                                                .toCompletableFuture()
                                                .join())
                                        .isEqualTo(backend);
                            default -> table.used(key, backend, now);
                        }
                    }
                }
            }
            return null;
        };
    }

    private static AffinityKey key(long low) {
        return new AffinityKey(Kind.TLS_TICKET, 7, low);
    }
}
