package io.hawser.node.coordination;

import io.hawser.pool.OperatorSetting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node that agrees with nobody: what operators change holds here, until the process ends. */
public final class Standalone implements Coordination {

    private static final CoordinationStatus STATUS = new CoordinationStatus("standalone", true, List.of(), List.of());

    private final String node;
    private final Map<String, OperatorChange> changes = new LinkedHashMap<>();
    private @Nullable CoordinationListener listener;
    private volatile @Nullable Member self;

    /**
     * Makes it.
     *
     * @param node this node's id
     */
    public Standalone(String node) {
        this.node = node;
    }

    @Override
    public synchronized void start(CoordinationListener heard) {
        listener = heard;
    }

    @Override
    public synchronized void register(Member member) {
        self = member;
        Objects.requireNonNull(listener, "not started").membersChanged(List.of(member));
    }

    @Override
    public void withdraw() {
        self = null;
    }

    @Override
    public List<Member> members() {
        Member member = self;
        return member == null ? List.of() : List.of(member);
    }

    @Override
    public CoordinationStatus status() {
        return STATUS;
    }

    @Override
    public synchronized CompletionStage<ChangeOutcome> change(
            String pool, String backend, UnaryOperator<OperatorSetting> edit) {
        String key = pool + "/" + backend;
        OperatorChange before = changes.get(key);
        OperatorSetting setting = edit.apply(before == null ? OperatorSetting.NONE : before.setting());
        if (before == null ? setting.equals(OperatorSetting.NONE) : setting.equals(before.setting())) {
            return CompletableFuture.completedFuture(new ChangeOutcome.InForce(Set.of(node)));
        }
        changes.put(key, new OperatorChange(pool, backend, setting, node, Instant.now()));
        return Objects.requireNonNull(listener, "not started")
                .operated(new ArrayList<>(changes.values()))
                .thenApply(done -> new ChangeOutcome.InForce(Set.of(node)));
    }

    @Override
    public VipRegisters vips() {
        throw new UnsupportedOperationException("a node that stands alone has no VIPs: the configuration refuses them");
    }

    @Override
    public void close() {}
}
