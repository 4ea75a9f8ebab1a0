package io.hawser.limit;

import static io.hawser.limit.ClientLimiter.Admission.ADMITTED;
import static io.hawser.limit.ClientLimiter.Admission.TOO_FAST;
import static io.hawser.limit.ClientLimiter.Admission.TOO_MANY_OPEN;
import static io.hawser.limit.ClientLimiter.Admission.UNTRACKED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.limit.ClientLimiter.Admission;
import io.hawser.limit.ClientLimiter.Limits;
import io.hawser.net.IpAddress;
import io.hawser.testing.Seeds;
import io.hawser.testing.Threads;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientLimiterTest {

    private static final long SECOND = 1_000_000_000L;
    /** Clocks wrap around, and begin anywhere. */
    private static final long NOW = Math.subtractExact(Long.MAX_VALUE, SECOND / 2);

    private static final Limits NO_LIMITS = new Limits(0, 0);

    @Test
    void limitsWhatAClientHasOpen() {
        ClientLimiter limiter = new ClientLimiter(new Limits(2, 0), 100, 42);
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(ADMITTED);
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(ADMITTED);
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(TOO_MANY_OPEN);
        assertThat(limiter.tryAcquire(client(2), NOW)).as("another client").isEqualTo(ADMITTED);
        limiter.release(client(1));
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(ADMITTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 10, 100, 999})
    void limitsHowFastAClientOpens(int rate) {
        ClientLimiter limiter = new ClientLimiter(new Limits(0, rate), 100, 42);
        assertThat(admittedAtOnce(limiter, rate, NOW))
                .as("a second's worth at once")
                .isEqualTo(rate);
        assertThat(limiter.tryAcquire(client(1), NOW + SECOND / rate - 1000)).isEqualTo(TOO_FAST);
        assertThat(limiter.tryAcquire(client(1), NOW + SECOND / rate)).isEqualTo(ADMITTED);
        assertThat(admittedAtOnce(limiter, rate, NOW + 3 * SECOND))
                .as("not more for a pause")
                .isEqualTo(rate);
    }

    @Test
    void countsWhatClientsHaveElsewhere() {
        ClientLimiter limiter = new ClientLimiter(new Limits(10, 0), 100, 42);
        limiter.setElsewhere(List.of(new ClientUse(client(1), 5, 0), new ClientUse(client(1), 3, 0)));
        assertThat(admittedAtOnce(limiter, 10, NOW)).isEqualTo(2);
        assertThat(limiter.tryAcquire(client(2), NOW)).as("another client").isEqualTo(ADMITTED);
        limiter.setElsewhere(List.of(new ClientUse(client(1), 10, 0)));
        limiter.release(client(1));
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(TOO_MANY_OPEN);
        limiter.setElsewhere(List.of());
        assertThat(admittedAtOnce(limiter, 10, NOW)).isEqualTo(9);
    }

    @Test
    void countsHowFastClientsOpenElsewhere() {
        ClientLimiter limiter = new ClientLimiter(new Limits(0, 10), 100, 42);
        limiter.setElsewhere(List.of(new ClientUse(client(1), 0, 8)));
        assertThat(admittedAtOnce(limiter, 10, NOW)).isEqualTo(2);
        limiter.setElsewhere(List.of(new ClientUse(client(1), 0, 100)));
        assertThat(admittedAtOnce(limiter, 10, NOW + 5 * SECOND))
                .as("what is told is old: something is always left")
                .isEqualTo(1);
    }

    @Test
    void tellsWhoUsesHalfOfANodesShare() {
        ClientLimiter limiter = new ClientLimiter(new Limits(12, 60), 100, 42);
        for (int i = 1; i <= 3; i++) {
            for (int j = 0; j < i; j++) {
                assertThat(limiter.tryAcquire(client(i), NOW)).isEqualTo(ADMITTED);
            }
        }
        assertThat(limiter.busiest(3, 10))
                .as("2 of 12 on one of three nodes is half of its share")
                .containsExactlyInAnyOrder(new ClientUse(client(2), 2, 2), new ClientUse(client(3), 3, 3));
        assertThat(limiter.busiest(3, 1))
                .as("most first, and counted anew")
                .containsExactly(new ClientUse(client(3), 3, 0));
        for (int i = 0; i < 10; i++) {
            assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(ADMITTED);
            limiter.release(client(1));
        }
        limiter.release(client(2));
        limiter.release(client(2));
        assertThat(limiter.busiest(3, 10))
                .as("who comes and goes, too")
                .contains(new ClientUse(client(1), 1, 10))
                .doesNotContain(new ClientUse(client(2), 0, 0));
        limiter.setLimits(NO_LIMITS);
        assertThat(limiter.busiest(3, 10)).isEmpty();
    }

    private static int admittedAtOnce(ClientLimiter limiter, int rate, long now) {
        int admitted = 0;
        for (int i = 0; i < 2 * rate + 2; i++) {
            admitted += limiter.tryAcquire(client(1), now) == ADMITTED ? 1 : 0;
        }
        return admitted;
    }

    /** In any stretch of time a client opens what the rate allows for it, and one second's worth more. */
    @Test
    void keepsTheRateInTheLongRun() {
        Seeds.rounds(20, random -> {
            int rate = random.nextInt(1, 50);
            ClientLimiter limiter = new ClientLimiter(new Limits(0, rate), 100, 42);
            long now = random.nextLong();
            long begin = now;
            int admitted = 0;
            while (now - begin < 20 * SECOND) {
                now += random.nextLong(SECOND / rate / 10);
                admitted += limiter.tryAcquire(client(1), now) == ADMITTED ? 1 : 0;
            }
            assertThat(admitted).isBetween(19 * rate, 21 * rate + 1);
        });
    }

    @Test
    void chargesRefusedConnectionsToNobody() {
        ClientLimiter limiter = new ClientLimiter(new Limits(1, 2), 100, 42);
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(ADMITTED);
        for (int i = 0; i < 10; i++) {
            assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(TOO_MANY_OPEN);
        }
        limiter.release(client(1));
        assertThat(limiter.tryAcquire(client(1), NOW)).as("its rate was left").isEqualTo(ADMITTED);
        limiter.release(client(1));
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(TOO_FAST);
        assertThat(limiter.tryAcquire(client(1), NOW + SECOND)).isEqualTo(ADMITTED);
    }

    @Test
    void keepsNothingWithoutLimits() {
        ClientLimiter limiter = new ClientLimiter(NO_LIMITS, 1, 42);
        for (int i = 0; i < 100; i++) {
            assertThat(limiter.tryAcquire(client(i), NOW)).isEqualTo(UNTRACKED);
        }
        assertThat(limiter.clients()).isZero();
        assertThat(limiter.untracked()).as("that counts those without a place").isZero();
    }

    @Test
    void remembersAClientAsLongAsItsRateCounts() {
        ClientLimiter limiter = new ClientLimiter(new Limits(0, 1), 100, 42);
        limiter.tryAcquire(client(1), NOW);
        limiter.release(client(1));
        limiter.tryAcquire(client(2), NOW + SECOND - 1);
        assertThat(limiter.clients()).isEqualTo(2);
        limiter.tryAcquire(client(3), NOW + SECOND);
        assertThat(limiter.clients()).as("the first is forgotten").isEqualTo(2);
    }

    /** Somebody's rate is forgotten rather than a client let in uncounted. */
    @Test
    void makesPlaceByForgettingThoseWithoutConnections() {
        ClientLimiter limiter = new ClientLimiter(new Limits(1, 1), 2, 42);
        limiter.tryAcquire(client(1), NOW);
        limiter.tryAcquire(client(2), NOW);
        limiter.release(client(2));

        assertThat(limiter.tryAcquire(client(3), NOW)).isEqualTo(ADMITTED);
        assertThat(limiter.clients()).isEqualTo(2);
        assertThat(limiter.tryAcquire(client(1), NOW))
                .as("has one open, so is kept")
                .isEqualTo(TOO_MANY_OPEN);
        assertThat(limiter.untracked()).isZero();
    }

    /** A flood of addresses must not shut out everybody else. */
    @Test
    void letsInUncountedWhenAllPlacesAreTaken() {
        ClientLimiter limiter = new ClientLimiter(new Limits(1, 0), 2, 42);
        limiter.tryAcquire(client(1), NOW);
        limiter.tryAcquire(client(2), NOW);
        assertThat(limiter.tryAcquire(client(3), NOW)).isEqualTo(UNTRACKED);
        assertThat(limiter.tryAcquire(client(3), NOW)).isEqualTo(UNTRACKED);
        assertThat(limiter.untracked()).isEqualTo(2);
        assertThat(limiter.clients()).isEqualTo(2);
        limiter.release(client(1));
        assertThat(limiter.tryAcquire(client(3), NOW)).isEqualTo(ADMITTED);
    }

    @Test
    void followsOtherLimits() {
        ClientLimiter limiter = new ClientLimiter(new Limits(2, 0), 100, 42);
        limiter.tryAcquire(client(1), NOW);
        limiter.tryAcquire(client(1), NOW);
        limiter.setLimits(new Limits(3, 0));
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(ADMITTED);
        limiter.setLimits(new Limits(1, 0));
        limiter.release(client(1));
        limiter.release(client(1));
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(TOO_MANY_OPEN);

        limiter.setLimits(NO_LIMITS);
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(UNTRACKED);
        limiter.release(client(1));
        limiter.setLimits(new Limits(1, 0));
        assertThat(limiter.tryAcquire(client(1), NOW)).isEqualTo(ADMITTED);
    }

    @Test
    void noticesAReleaseTooMany() {
        ClientLimiter limiter = new ClientLimiter(new Limits(2, 1), 100, 42);
        assertThatThrownBy(() -> limiter.release(client(1))).isInstanceOf(IllegalStateException.class);
        limiter.tryAcquire(client(1), NOW);
        limiter.release(client(1));
        assertThatThrownBy(() -> limiter.release(client(1))).hasMessageContaining("never admitted");
    }

    @Test
    void refusesLimitsThatMeanNothing() {
        assertThatThrownBy(() -> new Limits(-1, 0)).hasMessageContaining("-1 open");
        assertThatThrownBy(() -> new Limits(0, -1)).hasMessageContaining("-1 new");
        assertThatThrownBy(() -> new ClientLimiter(NO_LIMITS, 0, 42)).hasMessageContaining("0 clients");
    }

    @Test
    void tellsWhoIsLetIn() {
        assertThat(Admission.values()).filteredOn(Admission::admitted).containsExactly(ADMITTED, UNTRACKED);
    }

    /**
     * Against counting each client's connections and noting when it opened them. The table has a place for everyone, so
     * that nobody is forgotten early.
     */
    @Test
    void decidesAsCountingWould() {
        Seeds.rounds(150, random -> {
            // Rates that divide a second: with others the two round at different places.
            Limits limits = new Limits(random.nextInt(4), new int[] {0, 1, 2, 4, 5}[random.nextInt(5)]);
            ClientLimiter limiter = new ClientLimiter(limits, 10, random.nextLong());
            Map<Integer, Integer> open = new HashMap<>();
            Map<Integer, Deque<Long>> bucketsFullAt = new HashMap<>();
            long now = random.nextLong();
            for (int i = 0; i < 200; i++) {
                now += random.nextLong(SECOND / 2);
                int client = random.nextInt(6);
                if (random.nextInt(3) == 0 && open.getOrDefault(client, 0) > 0) {
                    limiter.release(client(client));
                    open.merge(client, -1, Integer::sum);
                    continue;
                }
                Admission admission = limiter.tryAcquire(client(client), now);
                Admission expected = expected(limits, open.getOrDefault(client, 0), bucketsFullAt, client, now);
                assertThat(admission).as("%s", limits).isEqualTo(expected);
                if (admission == ADMITTED) {
                    open.merge(client, 1, Integer::sum);
                }
            }
            assertThat(limiter.untracked()).isZero();
        });
    }

    /** The rate by tokens: each one that is taken comes back, one after the other, a second divided by the rate apart. */
    private static Admission expected(
            Limits limits, int open, Map<Integer, Deque<Long>> comeBackAt, int client, long now) {
        if (limits.equals(NO_LIMITS)) {
            return UNTRACKED;
        }
        if (limits.maxOpen() > 0 && open >= limits.maxOpen()) {
            return TOO_MANY_OPEN;
        }
        if (limits.newPerSecond() > 0) {
            Deque<Long> taken = comeBackAt.computeIfAbsent(client, unknown -> new ArrayDeque<>());
            while (!taken.isEmpty() && taken.getFirst() - now <= 0) {
                taken.removeFirst();
            }
            if (taken.size() == limits.newPerSecond()) {
                return TOO_FAST;
            }
            taken.addLast((taken.isEmpty() ? now : taken.getLast()) + SECOND / limits.newPerSecond());
        }
        return ADMITTED;
    }

    @Test
    void neverExceedsItsLimitsAndBoundsUnderThreads() throws Exception {
        int clients = 50;
        int places = 20;
        int mostOpen = 3;
        ClientLimiter limiter = new ClientLimiter(new Limits(mostOpen, 0), places, 42);
        List<AtomicInteger> open =
                IntStream.range(0, clients).mapToObj(i -> new AtomicInteger()).toList();
        Threads.run(8, number -> () -> {
            Random random = new Random(number);
            Deque<Integer> held = new ArrayDeque<>();
            for (int i = 0; i < 20_000; i++) {
                int client = random.nextInt(clients);
                if (limiter.tryAcquire(client(client), i) == ADMITTED) {
                    assertThat(open.get(client).incrementAndGet()).isLessThanOrEqualTo(mostOpen);
                    held.add(client);
                }
                assertThat(limiter.clients()).isLessThanOrEqualTo(places);
                while (held.size() > random.nextInt(5)) {
                    int ended = held.remove();
                    open.get(ended).decrementAndGet();
                    limiter.release(client(ended));
                }
            }
            for (int ended : held) {
                open.get(ended).decrementAndGet();
                limiter.release(client(ended));
            }
            return number;
        });
        IntStream.range(0, clients).forEach(client -> assertThatThrownBy(() -> limiter.release(client(client)))
                .isInstanceOf(IllegalStateException.class));
    }

    /** Large tables are divided; their bound is the sum of their parts'. */
    @Test
    void holdsAsManyClientsAsItSays() {
        ClientLimiter limiter = new ClientLimiter(new Limits(1, 0), 10_007, 42);
        IntStream.range(0, 20_000).forEach(i -> limiter.tryAcquire(client(i), NOW));
        assertThat(limiter.clients()).isEqualTo(10_007);
        assertThat(limiter.untracked()).isEqualTo(20_000 - 10_007);
        assertThat(limiter.tryAcquire(client(0), NOW)).isEqualTo(TOO_MANY_OPEN);
    }

    private static IpAddress client(int number) {
        return new IpAddress(0x2001_0db8_0000_0000L, number);
    }
}
