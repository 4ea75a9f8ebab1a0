package io.hawser.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.balance.Algorithm;
import io.hawser.balance.Balancer;
import io.hawser.pool.BackendView;
import io.hawser.pool.Load;
import io.hawser.pool.OperatorState;
import io.hawser.pool.TestBackends;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PoolViewTest {

    private static final boolean UP = true;
    private static final boolean DOWN = false;

    @Test
    void asksPrimariesFirstThenBackups() {
        PoolView pool = pool(
                backup("spare", UP),
                TestBackends.up("b1", 100),
                TestBackends.up("b2", 100),
                TestBackends.view("down", 100, DOWN, OperatorState.READY),
                TestBackends.view("drained", 100, UP, OperatorState.DRAIN),
                TestBackends.view("weightless", 0, UP, OperatorState.READY),
                backup("dead spare", DOWN));

        assertThat(tiers(pool)).containsExactly(List.of("b1", "b2"), List.of("spare"));
        assertThat(pool.failingOpen()).isFalse();
        assertThat(pool.onBackups()).isFalse();
        assertThat(pool.backends()).hasSize(7);
        assertThat(pool.find("drained")).isSameAs(pool.backends().get(4));
        assertThat(pool.find("stranger")).isNull();
        assertThat(pool.id()).isEqualTo("shop");
    }

    @Test
    void isOnBackupsWhenNoOtherTakesSessions() {
        PoolView pool = pool(TestBackends.view("b1", 100, DOWN, OperatorState.READY), backup("spare", UP));
        assertThat(tiers(pool)).containsExactly(List.of("spare"));
        assertThat(pool.onBackups()).isTrue();
        assertThat(pool.failingOpen()).isFalse();
    }

    @Test
    void failsOpenToAllThatTheOperatorLetsTakeSessions() {
        PoolView pool = pool(
                TestBackends.view("b1", 100, DOWN, OperatorState.READY),
                backup("spare", DOWN),
                TestBackends.view("drained", 100, DOWN, OperatorState.DRAIN),
                TestBackends.view("stopped", 100, DOWN, OperatorState.DOWN),
                TestBackends.view("weightless", 0, DOWN, OperatorState.READY));
        assertThat(tiers(pool)).containsExactly(List.of("b1", "spare"));
        assertThat(pool.failingOpen()).isTrue();
        assertThat(pool.onBackups()).isFalse();
    }

    @Test
    void takesNobodyWhenTheOperatorLetsNobody() {
        PoolView pool = pool(
                TestBackends.view("drained", 100, UP, OperatorState.DRAIN),
                TestBackends.view("stopped", 100, UP, OperatorState.DOWN),
                TestBackends.view("weightless", 0, UP, OperatorState.READY));
        assertThat(tiers(pool)).isEmpty();
        assertThat(pool.failingOpen()).isFalse();
        assertThat(pool.onBackups()).isFalse();
        assertThat(tiers(pool())).isEmpty();
    }

    @Test
    void refusesTwoBackendsOfOneName() {
        assertThatThrownBy(() -> pool(TestBackends.up("b", 1), TestBackends.view("b", 1, UP, OperatorState.DRAIN)))
                .hasMessageContaining("pool shop has two backends b");
    }

    private static PoolView pool(BackendView... backends) {
        return PoolView.of("shop", Algorithm.MAGLEV, List.of(backends), new Random(42));
    }

    private static BackendView backup(String id, boolean up) {
        return new BackendView(TestBackends.backend(id, 0, true), up, OperatorState.READY, 100, new Load());
    }

    private static List<List<String>> tiers(PoolView pool) {
        return pool.tiers().stream().map(PoolViewTest::ids).toList();
    }

    private static List<String> ids(Balancer balancer) {
        return balancer.candidates().stream().map(view -> view.backend().id()).toList();
    }
}
