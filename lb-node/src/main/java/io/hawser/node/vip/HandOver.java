package io.hawser.node.vip;

import io.hawser.net.IpAddress;
import io.hawser.vip.Flow;
import io.hawser.vip.HandOverRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of one VIP on the host of its new owner. On the thread of {@link EstablishedConnections}. */
final class HandOver {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Until all neighbours have been told of the new owner, the last time after five seconds. */
    private static final long LEARNING_NANOS = 10_000_000_000L;
    /** Rules for a move that doesn't come. */
    private static final long EXPECTING_NANOS = 60_000_000_000L;

    private final HandOverRules rules;
    private final long patienceNanos;
    private boolean there;
    private boolean learning;
    private @Nullable String lastOwner;
    private @Nullable IpAddress lastOwnersAddress;
    private long learnsUntilNanos;
    private long endsAtNanos;
    private final Map<Flow, IpAddress> handed = new HashMap<>();
    private final Set<IpAddress> holders = new HashSet<>();

    HandOver(Vip vip, Duration patience) {
        this.rules = HandOverRules.of(vip.address(), vip.interfaceName());
        this.patienceNanos = patience.toNanos();
    }

    /**
     * Tries rules of each kind, and takes them back.
     *
     * @throws VipException saying what is missing
     */
    static void requireSupport(Vip vip) {
        HandOverRules rules = HandOverRules.of(vip.address(), vip.interfaceName());
        run(rules.take(vip.address())
                + rules.addHolder(vip.address())
                + rules.answerNobody(null)
                + rules.answerAgain()
                + rules.remove());
    }

    /** Whether what isn't this node's own is handed to that node. */
    boolean isFrom(String node) {
        return there && lastOwnersAddress != null && node.equals(lastOwner);
    }

    @Nullable String lastOwner() {
        return lastOwner;
    }

    int size() {
        return handed.size();
    }

    /**
     * Begins: from now on what isn't this node's own is handed to the last owner.
     *
     * @param node the last owner; null: to nobody but those of whom {@link #hand} tells
     * @param address its own, on the link
     * @param own what this node has open over the VIP
     */
    void begin(@Nullable String node, @Nullable IpAddress address, Set<Flow> own, long nowNanos) {
        run(rules.take(address) + (address == null ? "" : rules.own(own)));
        there = true;
        learning = address != null;
        lastOwner = node;
        lastOwnersAddress = address;
        learnsUntilNanos = nowNanos + EXPECTING_NANOS;
        endsAtNanos = nowNanos + EXPECTING_NANOS;
        handed.clear();
        holders.clear();
    }

    /** This node has the VIP now. */
    void acquired(long nowNanos) {
        learnsUntilNanos = nowNanos + LEARNING_NANOS;
        endsAtNanos = nowNanos + patienceNanos;
    }

    /**
     * Hands also these on, where they aren't yet.
     *
     * @param holdersByFlow by connection, the own address of the node it lives on
     */
    void hand(Map<Flow, IpAddress> holdersByFlow, long nowNanos) {
        Map<Flow, IpAddress> fresh = new HashMap<>(holdersByFlow);
        fresh.keySet().removeAll(handed.keySet());
        if (fresh.isEmpty()) {
            return;
        }
        if (!there) {
            begin(null, null, Set.of(), nowNanos);
            acquired(nowNanos);
        }
        run(added(fresh));
        handed.putAll(fresh);
    }

    private String added(Map<Flow, IpAddress> fresh) {
        Map<IpAddress, Set<Flow>> byHolder = new HashMap<>();
        fresh.forEach((flow, holder) ->
                byHolder.computeIfAbsent(holder, to -> new HashSet<>()).add(flow));
        StringBuilder script = new StringBuilder();
        byHolder.forEach((holder, flows) -> {
            if (holders.add(holder)) {
                script.append(rules.addHolder(holder));
            }
            script.append(rules.hand(holder, flows));
        });
        return script.toString();
    }

    /**
     * Nothing is handed to a node that is gone.
     *
     * @param left what is handed to the others
     */
    void gone(String node, Map<Flow, IpAddress> left) {
        if (!there) {
            return;
        }
        String script = rules.forgetHolders(holders);
        holders.clear();
        if (node.equals(lastOwner)) {
            script += rules.forgetLastOwner();
            learning = false;
            lastOwnersAddress = null;
        }
        handed.clear();
        handed.putAll(left);
        run(script + added(left));
    }

    /**
     * Time has passed.
     *
     * @param needed whether another node still has connections over the VIP
     */
    void tick(boolean needed, long nowNanos) {
        if (there && learning && nowNanos - learnsUntilNanos >= 0 && lastOwnersAddress != null) {
            run(rules.settle(lastOwnersAddress));
            learning = false;
        }
        if (there && (nowNanos - endsAtNanos >= 0 || (!learning && !needed))) {
            end();
        }
    }

    void end() {
        if (there) {
            there = false;
            handed.clear();
            run(rules.remove());
        }
    }

    private static void run(String script) {
        Nftables.run(script, PATIENCE);
    }
}
