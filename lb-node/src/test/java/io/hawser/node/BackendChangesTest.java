package io.hawser.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.node.admin.Change;
import io.hawser.node.coordination.ChangeOutcome;
import io.hawser.node.coordination.Coordination;
import io.hawser.node.coordination.CoordinationListener;
import io.hawser.node.coordination.CoordinationStatus;
import io.hawser.node.coordination.Member;
import io.hawser.node.coordination.VipRegisters;
import io.hawser.pool.OperatorSetting;
import io.hawser.pool.OperatorState;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator is told of a change, whatever became of it. */
final class BackendChangesTest {

    private static final String YAML =
            """
            node: { id: lb1, workers: 1, drain-timeout: 0s }
            admin: { bind: "127.0.0.1:0" }
            listeners: [ { id: l, bind: [ "127.0.0.1:0" ], routes: [ { pool: shop } ] } ]
            pools: [ { id: shop, backends: [ { id: b1, address: "127.0.0.1:1" } ], health: { check: none } } ]
            """;

    private final LiveNode node;

    BackendChangesTest(@TempDir Path directory) throws Exception {
        node = LiveNode.start(directory, YAML);
    }

    @AfterEach
    void close() {
        node.close();
    }

    /** Ends every change as it is told to. */
    private record Told(ChangeOutcome outcome) implements Coordination {

        @Override
        public void start(CoordinationListener listener) {}

        @Override
        public void register(Member self) {}

        @Override
        public void withdraw() {}

        @Override
        public List<Member> members() {
            return List.of();
        }

        @Override
        public CoordinationStatus status() {
            return new CoordinationStatus("zookeeper", true, List.of(), List.of());
        }

        @Override
        public CompletionStage<ChangeOutcome> change(String pool, String backend, UnaryOperator<OperatorSetting> edit) {
            return CompletableFuture.completedFuture(outcome);
        }

        @Override
        public VipRegisters vips() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private Change drained(Coordination coordination, String... members) throws Exception {
        return new BackendChanges(coordination, node.node().pools(), node.node().controlLoop(), () -> Set.of(members))
                .setState("shop", "b1", OperatorState.DRAIN)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void itIsInForceOnEveryNode() throws Exception {
        ChangeOutcome everywhere = new ChangeOutcome.InForce(Set.of("lb1", "lb2"));

        assertThat(drained(new Told(everywhere), "lb1", "lb2"))
                .isEqualTo(new Change.Applied("shop/b1 is drain now, was ready; in force on 2 nodes"));
        assertThat(drained(node.node().coordination(), "lb1"))
                .as("alone")
                .isEqualTo(new Change.Applied("shop/b1 is drain now, was ready"));
        assertThat(node.node()
                        .onControl(() -> requireNonNull(node.node().pools().get("shop"))
                                .standings()
                                .get(0)
                                .operator()))
                .isEqualTo(OperatorState.DRAIN);
    }

    @Test
    void namesTheNodesWhereItIsNotInForceForCertain() throws Exception {
        assertThat(drained(new Told(new ChangeOutcome.Kept(List.of("lb2", "lb3"))), "lb1"))
                .isInstanceOfSatisfying(Change.Kept.class, kept -> {
                    assertThat(kept.summary()).isEqualTo("shop/b1 is to be drain, was ready");
                    assertThat(kept.pending()).contains("not yet confirmed to be in force on lb2, lb3");
                });
        assertThat(drained(new Told(new ChangeOutcome.Kept(List.of())), "lb1"))
                .isInstanceOfSatisfying(
                        Change.Kept.class, kept -> assertThat(kept.pending()).contains("ZooKeeper was lost before"));
        assertThat(drained(new Told(new ChangeOutcome.InForce(Set.of("lb1"))), "lb1", "lb2"))
                .as("lb2 carries traffic and can't reach ZooKeeper")
                .isInstanceOfSatisfying(
                        Change.Kept.class, kept -> assertThat(kept.pending()).contains("in force on lb2"));
        assertThat(drained(node.node().coordination(), "lb1", "lb2"))
                .as("a cluster without ZooKeeper")
                .isInstanceOfSatisfying(Change.Kept.class, kept -> assertThat(kept.pending())
                        .contains("on this node only")
                        .contains("lb2"));
    }

    @Test
    void saysWhyItIsNotMade() throws Exception {
        assertThat(drained(new Told(new ChangeOutcome.Refused("ZooKeeper is lost")), "lb1"))
                .isEqualTo(new Change.Unavailable("shop/b1 stays as it is: ZooKeeper is lost"));
    }
}
