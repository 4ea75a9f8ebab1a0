package io.hawser.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityTable;
import io.hawser.affinity.LocalAffinityTable;
import io.hawser.balance.Algorithm;
import io.hawser.pool.BackendView;
import io.hawser.pool.Load;
import io.hawser.pool.OperatorState;
import io.hawser.pool.TestBackends;
import io.hawser.selection.Selection.Cause;
import io.hawser.selection.Selection.Chosen;
import io.hawser.selection.Selection.Reason;
import io.hawser.selection.Selection.Refused;
import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SelectorTest {

    private static final AffinityKey TICKET = new AffinityKey(AffinityKey.Kind.TLS_TICKET, 1, 1);
    private static final AffinityKey CLIENT = new AffinityKey(AffinityKey.Kind.CLIENT_IP, 2, 2);
    private static final boolean UP = true;
    private static final boolean DOWN = false;

    private final AffinityTable table = new LocalAffinityTable(1000, 100, 42);

    @Test
    void followsAKeyToItsBackend() {
        table.used(TICKET, "b2", 0);
        BackendView tied = TestBackends.up("b2", 100);
        Chosen chosen = chosen(TestBackends.up("b1", 100), tied, TestBackends.up("b3", 100));
        assertThat(chosen).isEqualTo(new Chosen(tied, Reason.AFFINITY, TICKET, "b2"));
    }

    @Test
    void heedsTheFirstKeyThatIsKnown() {
        table.used(CLIENT, "b1", 0);
        assertThat(chosen(TestBackends.up("b1", 100), TestBackends.up("b2", 100))
                        .key())
                .isEqualTo(CLIENT);
        table.used(TICKET, "b2", 0);
        Chosen chosen = chosen(TestBackends.up("b1", 100), TestBackends.up("b2", 100));
        assertThat(chosen.key()).isEqualTo(TICKET);
        assertThat(id(chosen)).isEqualTo("b2");
    }

    @Test
    void balancesWhatNoKeyTies() {
        Chosen chosen = chosen(TestBackends.up("b1", 100));
        assertThat(chosen.reason()).isEqualTo(Reason.BALANCER);
        assertThat(chosen.key()).isNull();
        assertThat(chosen.tiedTo()).isNull();
    }

    @Test
    void needsNoKeys() {
        table.used(CLIENT, "b1", 0);
        PoolView pool = pool(TestBackends.up("b1", 100));
        assertThat(Selector.select(pool, table, List.of(), 7, List.of(), new Random(42), 0))
                .isEqualTo(new Chosen(pool.backends().get(0), Reason.BALANCER, null, null));
    }

    @Test
    void forgetsWithTime() {
        table.used(CLIENT, "b1", 0);
        Selection late = Selector.select(
                pool(TestBackends.up("b1", 100)), table, List.of(CLIENT), 7, List.of(), new Random(42), 1000);
        assertThat(((Chosen) late).reason()).isEqualTo(Reason.BALANCER);
    }

    @Test
    void keepsSessionsOnADrainingOrWeightlessBackend() {
        table.used(CLIENT, "b1", 0);
        for (BackendView tied : List.of(
                TestBackends.view("b1", 100, UP, OperatorState.DRAIN),
                TestBackends.view("b1", 0, UP, OperatorState.READY))) {
            assertThat(chosen(tied, TestBackends.up("b2", 100)))
                    .isEqualTo(new Chosen(tied, Reason.AFFINITY, CLIENT, "b1"));
        }
    }

    @Test
    void movesTheSessionOfABackendThatIsOut() {
        table.used(CLIENT, "b1", 0);
        BackendView other = TestBackends.up("b2", 100);
        for (BackendView out : List.of(
                TestBackends.view("b1", 100, DOWN, OperatorState.READY),
                TestBackends.view("b1", 100, UP, OperatorState.DOWN),
                TestBackends.view("b1", 100, DOWN, OperatorState.DRAIN),
                TestBackends.up("another id", 0))) {
            assertThat(chosen(out, other)).isEqualTo(new Chosen(other, Reason.MOVED, CLIENT, "b1"));
        }
    }

    /** The session as a whole goes to where its other keys say, so that it stays in one place. */
    @Test
    void movesToWhereALaterKeySays() {
        table.used(TICKET, "gone", 0);
        table.used(CLIENT, "b2", 0);
        BackendView tied = TestBackends.view("b2", 1, UP, OperatorState.DRAIN);
        assertThat(chosen(TestBackends.up("b1", 1000), tied)).isEqualTo(new Chosen(tied, Reason.MOVED, TICKET, "gone"));
    }

    @Test
    void movesTheSessionOfABackendThatWasTried() {
        table.used(CLIENT, "b1", 0);
        BackendView other = TestBackends.up("b2", 100);
        assertThat(select(pool(TestBackends.up("b1", 100), other), "b1"))
                .isEqualTo(new Chosen(other, Reason.MOVED, CLIENT, "b1"));
    }

    @Test
    void sendsOneConnectionElsewhereWhenItsBackendIsFull() {
        table.used(CLIENT, "b1", 0);
        BackendView other = TestBackends.up("b2", 100);
        Chosen chosen = chosen(full("b1"), other);
        assertThat(chosen).isEqualTo(new Chosen(other, Reason.OVERFLOW, CLIENT, "b1"));
        assertThat(chosen.reason().ties()).as("the session stays").isFalse();
    }

    @Test
    void sendsItToWhereALaterKeySaysWhenItsBackendIsFull() {
        table.used(TICKET, "b1", 0);
        table.used(CLIENT, "b2", 0);
        BackendView tied = TestBackends.up("b2", 1);
        assertThat(chosen(full("b1"), tied, TestBackends.up("b3", 1000)))
                .isEqualTo(new Chosen(tied, Reason.OVERFLOW, TICKET, "b1"));
    }

    /** What is kept back can move later; what has moved is lost. So nothing is tied anew while one key waits. */
    @Test
    void keepsAllKeysWhenOneIsTiedToAFullBackend() {
        table.used(TICKET, "gone", 0);
        table.used(CLIENT, "b1", 0);
        BackendView other = TestBackends.up("b2", 100);
        assertThat(chosen(full("b1"), other)).isEqualTo(new Chosen(other, Reason.OVERFLOW, CLIENT, "b1"));

        table.used(TICKET, "b1", 0);
        table.used(CLIENT, "gone", 0);
        assertThat(chosen(full("b1"), other)).isEqualTo(new Chosen(other, Reason.OVERFLOW, TICKET, "b1"));
    }

    /** Loads are live: the backend that was full has a place again when it is asked for the second time. */
    @Test
    void followsTheKeyAfterAllWhenAPlaceComesFreeMeanwhile() {
        BackendView tied = full("b1");
        AffinityTable freeing = new AskedOnly(key -> {
            if (key.equals(CLIENT)) {
                TestBackends.open(tied, 0);
            }
            return "b1";
        });
        Selection selection =
                Selector.select(pool(tied), freeing, List.of(TICKET, CLIENT), 7, List.of(), new Random(42), 0);
        assertThat(selection).isEqualTo(new Chosen(tied, Reason.AFFINITY, TICKET, "b1"));
    }

    @Test
    void followsTheKeyAfterAllWhenTheBalancerSaysTheSame() {
        table.used(CLIENT, "b1", 0);
        BackendView tied = full("b1");
        PoolView pool = PoolView.of("shop", Algorithm.RANDOM_TWO, List.of(tied, full("b2")), new Random(42));
        Random freeing = new Random(42) {
            private static final long serialVersionUID = 1L;

            @Override
            public int nextInt(int bound) {
                TestBackends.open(tied, 0);
                return super.nextInt(bound);
            }
        };
        Selection selection = Selector.select(pool, table, List.of(CLIENT), 7, List.of(), freeing, 0);
        assertThat(selection).isEqualTo(new Chosen(tied, Reason.AFFINITY, CLIENT, "b1"));
    }

    /** The name of a ticket's issuer is public: who forges it must not bring one backend more than its share. */
    @Test
    void followsTheNameOfAnIssuerOnlyToABackendThatHasRoom() {
        AffinityKey issuer = new AffinityKey(AffinityKey.Kind.TLS_ISSUER, 3, 3);
        table.used(issuer, "b1", 0);
        table.used(TICKET, "b1", 0);
        BackendView busy = TestBackends.up("b1", 100);
        BackendView other = TestBackends.up("b2", 100);
        // Of 1000 connections its share is 500; a quarter and a few more are let pass.
        TestBackends.open(busy, 689);
        TestBackends.open(other, 311);
        assertThat(select(pool(busy, other), issuer)).isEqualTo(new Chosen(busy, Reason.AFFINITY, issuer, "b1"));

        TestBackends.open(busy, 690);
        TestBackends.open(other, 310);
        assertThat(select(pool(busy, other), issuer)).isEqualTo(new Chosen(other, Reason.OVERFLOW, issuer, "b1"));
        assertThat(select(pool(busy, other), TICKET))
                .as("a ticket that was seen when it was issued can't be forged")
                .isEqualTo(new Chosen(busy, Reason.AFFINITY, TICKET, "b1"));
        // Where there is no other, it isn't more than its share.
        assertThat(select(pool(busy, TestBackends.view("b2", 100, DOWN, OperatorState.READY)), issuer))
                .isEqualTo(new Chosen(busy, Reason.AFFINITY, issuer, "b1"));
        BackendView looksDown = new BackendView(busy.backend(), DOWN, OperatorState.READY, 100, busy.load());
        assertThat(select(pool(looksDown), issuer)).isEqualTo(new Chosen(looksDown, Reason.AFFINITY, issuer, "b1"));
    }

    @Test
    void usesBackupsOnlyWhenNoOtherCan() {
        BackendView spare = backup("spare", UP);
        assertThat(id(chosen(spare, TestBackends.up("b1", 1)))).isEqualTo("b1");
        assertThat(id(chosen(spare, TestBackends.view("b1", 1, DOWN, OperatorState.READY))))
                .isEqualTo("spare");
        assertThat(id(chosen(spare, full("b1")))).isEqualTo("spare");
        assertThat(select(pool(spare, TestBackends.up("b1", 1)), "b1"))
                .isEqualTo(new Chosen(spare, Reason.BALANCER, null, null));
    }

    @Test
    void leavesASessionOnTheBackupThatItIsTiedTo() {
        table.used(CLIENT, "spare", 0);
        assertThat(id(chosen(backup("spare", UP), TestBackends.up("b1", 1000)))).isEqualTo("spare");
    }

    @Test
    void triesAllWhenAllLookDown() {
        BackendView looksDown = TestBackends.view("b1", 100, DOWN, OperatorState.READY);
        assertThat(chosen(looksDown)).isEqualTo(new Chosen(looksDown, Reason.FAIL_OPEN, null, null));
        BackendView spare = backup("spare", DOWN);
        assertThat(select(pool(looksDown, spare), "b1")).isEqualTo(new Chosen(spare, Reason.FAIL_OPEN, null, null));
    }

    @Test
    void keepsSessionsWhereTheyAreWhenAllLookDown() {
        table.used(CLIENT, "b1", 0);
        BackendView tied = TestBackends.view("b1", 100, DOWN, OperatorState.READY);
        BackendView other = TestBackends.view("b2", 100, DOWN, OperatorState.READY);
        assertThat(chosen(tied, other)).isEqualTo(new Chosen(tied, Reason.AFFINITY, CLIENT, "b1"));
        BackendView stopped = TestBackends.view("b1", 100, DOWN, OperatorState.DOWN);
        assertThat(chosen(stopped, other)).isEqualTo(new Chosen(other, Reason.MOVED, CLIENT, "b1"));
    }

    @Test
    void saysWhyItRefuses() {
        assertThat(select(pool())).isEqualTo(new Refused(Cause.NO_BACKEND));
        assertThat(select(pool(TestBackends.view("b1", 100, UP, OperatorState.DRAIN))))
                .isEqualTo(new Refused(Cause.NO_BACKEND));
        assertThat(select(pool(TestBackends.view("b1", 0, UP, OperatorState.READY))))
                .isEqualTo(new Refused(Cause.NO_BACKEND));
        assertThat(select(pool(full("b1"), full("b2")))).isEqualTo(new Refused(Cause.POOL_FULL));
        assertThat(select(pool(full("b1"), TestBackends.up("b2", 100)), "b2")).isEqualTo(new Refused(Cause.POOL_FULL));
        assertThat(select(pool(TestBackends.up("b1", 100), TestBackends.up("b2", 100)), "b1", "b2"))
                .isEqualTo(new Refused(Cause.ALL_TRIED));
        // The last session of a drained pool could not reach its backend: that is what went wrong.
        assertThat(select(pool(TestBackends.view("b1", 100, UP, OperatorState.DRAIN)), "b1"))
                .isEqualTo(new Refused(Cause.ALL_TRIED));
    }

    @Test
    void isCalledAsLogsAndMetricsWriteIt() {
        assertThat(Reason.values())
                .extracting(Reason::label)
                .containsExactly("affinity", "balancer", "moved", "overflow", "fail-open");
        assertThat(Cause.values())
                .extracting(Cause::label)
                .containsExactly("no-backend", "pool-full", "connect-failed");
        assertThat(Reason.values()).filteredOn(reason -> !reason.ties()).containsExactly(Reason.OVERFLOW);
    }

    @Test
    void neverSendsAConnectionWhereItMustNotGo() {
        Seeds.rounds(1000, random -> {
            List<BackendView> backends = backends(random);
            PoolView pool = PoolView.of("shop", algorithm(random), backends, random);
            AffinityTable keys = new LocalAffinityTable(1000, 100, 42);
            List<AffinityKey> known = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                AffinityKey key = new AffinityKey(AffinityKey.Kind.TLS_TICKET, 0, i);
                if (random.nextInt(4) > 0) {
                    keys.used(key, "b" + random.nextInt(7), 0);
                }
                known.add(key);
            }
            Set<String> tried = Set.copyOf(Stream.generate(() -> "b" + random.nextInt(6))
                    .limit(random.nextInt(3))
                    .toList());
            Selection selection = Selector.select(pool, keys, known, random.nextLong(), tried, random, 0);
            if (selection instanceof Chosen chosen) {
                assertPermitted(chosen, pool, tried, keys, known);
            } else {
                assertRefusedRightly((Refused) selection, pool, tried);
            }
        });
    }

    private static void assertPermitted(
            Chosen chosen, PoolView pool, Set<String> tried, AffinityTable keys, List<AffinityKey> known) {
        BackendView backend = chosen.backend();
        assertThat(pool.backends()).contains(backend);
        assertThat(tried).doesNotContain(id(chosen));
        assertThat(backend.isFull()).isFalse();
        assertThat(backend.operator()).isNotEqualTo(OperatorState.DOWN);
        boolean tied = known.stream().anyMatch(key -> id(chosen).equals(keys.find(key, 0)));
        if (!tied) {
            assertThat(backend.operator()).isEqualTo(OperatorState.READY);
            assertThat(backend.weight()).isPositive();
        }
        boolean anyUp = pool.backends().stream().anyMatch(BackendView::takesSessions);
        if (anyUp) {
            assertThat(backend.up()).isTrue();
        }
        boolean primaryFree = pool.backends().stream()
                .anyMatch(view -> view.takesSessions()
                        && !view.backend().backup()
                        && !view.isFull()
                        && !tried.contains(view.backend().id()));
        if (!tied && primaryFree) {
            assertThat(backend.backend().backup()).isFalse();
        }
        boolean elsewhere = chosen.reason() == Reason.MOVED || chosen.reason() == Reason.OVERFLOW;
        assertThat(chosen.tiedTo() != null && !chosen.tiedTo().equals(id(chosen)))
                .isEqualTo(elsewhere);
        assertThat(chosen.key() == null).isEqualTo(known.stream().allMatch(key -> keys.find(key, 0) == null));
        if (chosen.key() != null) {
            assertThat(keys.find(chosen.key(), 0)).isEqualTo(chosen.tiedTo());
        }
    }

    private static void assertRefusedRightly(Refused refused, PoolView pool, Set<String> tried) {
        List<BackendView> allowed = pool.backends().stream()
                .filter(
                        pool.failingOpen()
                                ? view -> view.operator() == OperatorState.READY && view.weight() > 0
                                : BackendView::takesSessions)
                .toList();
        List<BackendView> untried = allowed.stream()
                .filter(view -> !tried.contains(view.backend().id()))
                .toList();
        assertThat(untried).allMatch(BackendView::isFull);
        assertThat(refused.cause())
                .isEqualTo(
                        !untried.isEmpty()
                                ? Cause.POOL_FULL
                                : allowed.isEmpty() && tried.isEmpty() ? Cause.NO_BACKEND : Cause.ALL_TRIED);
    }

    private static List<BackendView> backends(Random random) {
        List<BackendView> backends = new ArrayList<>();
        int downs = random.nextInt(4);
        for (int i = random.nextInt(6); i > 0; i--) {
            OperatorState operator = random.nextInt(3) > 0
                    ? OperatorState.READY
                    : List.of(OperatorState.values()).get(random.nextInt(3));
            BackendView view = new BackendView(
                    TestBackends.backend("b" + i, random.nextInt(3), random.nextInt(4) == 0),
                    random.nextInt(4) >= downs,
                    operator,
                    random.nextInt(4) * 50,
                    new Load());
            TestBackends.open(view, random.nextInt(3));
            backends.add(view);
        }
        return backends;
    }

    private static Algorithm algorithm(Random random) {
        // Maglev's table would take most of the time, and it has tests of its own.
        return random.nextInt(20) == 0
                ? Algorithm.MAGLEV
                : List.of(Algorithm.LEAST_CONNECTIONS, Algorithm.RANDOM_TWO, Algorithm.ROUND_ROBIN)
                        .get(random.nextInt(3));
    }

    private Chosen chosen(BackendView... backends) {
        return (Chosen) select(pool(backends));
    }

    private Selection select(PoolView pool, String... tried) {
        return Selector.select(pool, table, List.of(TICKET, CLIENT), 7, List.of(tried), new Random(42), 0);
    }

    private Selection select(PoolView pool, AffinityKey key) {
        return Selector.select(pool, table, List.of(key), 7, List.of(), new Random(42), 0);
    }

    private static PoolView pool(BackendView... backends) {
        return PoolView.of("shop", Algorithm.LEAST_CONNECTIONS, List.of(backends), new Random(42));
    }

    private static BackendView full(String id) {
        BackendView view =
                new BackendView(TestBackends.backend(id, 1, false), true, OperatorState.READY, 100, new Load());
        TestBackends.open(view, 1);
        return view;
    }

    private static BackendView backup(String id, boolean up) {
        return new BackendView(TestBackends.backend(id, 0, true), up, OperatorState.READY, 100, new Load());
    }

    private static String id(Chosen chosen) {
        return chosen.backend().backend().id();
    }

    /** A table that can only be asked, and answers as it is told. */
    private record AskedOnly(Function<AffinityKey, @Nullable String> answer) implements AffinityTable {

        @Override
        public @Nullable String find(AffinityKey key, long nowMillis) {
            return answer.apply(key);
        }

        @Override
        public @Nullable Entry lookUp(AffinityKey key, long nowMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<String> claim(AffinityKey key, String backend, long nowMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void used(AffinityKey key, String backend, long nowMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean forget(AffinityKey key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int clear(@Nullable String backend) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int size() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long evictions() {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Entry> entries(int limit, long nowMillis) {
            throw new UnsupportedOperationException();
        }
    }
}
