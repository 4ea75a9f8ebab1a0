package io.hawser.node.coordination.zookeeper;

import io.hawser.node.coordination.VipRegisters;
import io.hawser.node.coordination.VipRegistersListener;
import io.hawser.vip.Candidacy;
import io.hawser.vip.VipAction;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * The registers of VIPs in ZooKeeper. Each session has an object of its own ({@link VipSession}), so that nothing of an
 * earlier one is taken for the present one's.
 *
 * <p>ZooKeeper's own client is used, and not Curator's: a renewal that is tried again behind one's back, or put off, is
 * worth nothing.
 */
final class ZooKeeperVipRegisters implements VipRegisters {

    private final CuratorFramework client;
    private final Paths paths;
    private final VipJson json;
    private final String node;
    private final Clock clock;
    private final Executor writes;
    private final List<ACL> acl;
    private final Ephemeral self;

    private volatile @Nullable Watched watched;
    private volatile @Nullable VipSession current;
    private boolean wereThere;

    /** What is watched, and who hears of it. */
    private record Watched(Map<String, Ephemeral> standbys, VipRegistersListener listener) {}

    /**
     * Makes it.
     *
     * @param acl of what is made
     * @param node this node's id
     * @param writes where operators' orders are written, which blocks
     */
    ZooKeeperVipRegisters(
            CuratorFramework client, Paths paths, List<ACL> acl, Json json, String node, Clock clock, Executor writes) {
        this.client = client;
        this.paths = paths;
        this.acl = acl;
        this.json = new VipJson(json);
        this.node = node;
        this.clock = clock;
        this.writes = writes;
        this.self = new Ephemeral(paths.vipNode(node), acl);
    }

    @Override
    public void start(List<String> vips, VipRegistersListener listener) {
        Map<String, Ephemeral> standbys = new LinkedHashMap<>();
        vips.forEach(vip -> standbys.put(vip, new Ephemeral(paths.vipStandby(vip, node), acl)));
        watched = new Watched(standbys, listener);
    }

    /** Sees that the present session is watched. On the coordination's thread, while connected; blocks. */
    void putInOrder() throws Exception {
        Watched now = watched;
        if (now == null) {
            return;
        }
        ZooKeeper session = client.getZookeeperClient().getZooKeeper();
        VipSession before = current;
        if (before != null && before.isOf(session) && !before.isOver()) {
            return;
        }
        makePaths(now, session);
        if (before != null) {
            before.end();
        }
        VipSession next =
                new VipSession(session, paths, json, acl, now.standbys().keySet(), now.listener(), () -> {
                    self.connected(session);
                    now.standbys().values().forEach(standby -> standby.connected(session));
                });
        current = next;
        next.begin();
    }

    private void makePaths(Watched now, ZooKeeper session) throws Exception {
        for (String path : List.of(paths.vipClaims(), paths.vipNodes(), paths.vipsMoved(), paths.vipDrains())) {
            make(path, new byte[0]);
        }
        // Of a register that somebody has deleted nobody knows who had the VIP. No hold-out is longer than the session.
        long holdOut = TimeUnit.MILLISECONDS.toNanos(session.getSessionTimeout());
        byte[] register = json.write(
                wereThere ? new VipJson.Register(false, holdOut, holdOut) : new VipJson.Register(true, 0, 0));
        for (String vip : now.standbys().keySet()) {
            make(paths.vipRegister(vip), register);
            make(paths.vipStandbys(vip), new byte[0]);
        }
        wereThere = true;
    }

    private void make(String path, byte[] data) throws Exception {
        try {
            client.create().creatingParentsIfNeeded().forPath(path, data);
        } catch (KeeperException.NodeExistsException e) {
            // Made by an earlier start, or by another node.
        }
    }

    @Override
    public void perform(String vip, VipAction action) {
        Watched now = watched;
        Ephemeral standby = now == null ? null : now.standbys().get(vip);
        VipSession session = current;
        if (standby == null) {
            throw new IllegalArgumentException("nothing is known of a VIP " + vip);
        }
        if (action instanceof VipAction.Standby says) {
            standby.say(says.ready() ? new byte[0] : null);
        } else if (session != null) {
            session.perform(vip, node, action);
        }
    }

    @Override
    public void tell(Candidacy candidacy) {
        self.say(json.write(candidacy));
    }

    @Override
    public CompletionStage<@Nullable String> move(String vip, @Nullable String to) {
        return order(paths.vipMoved(vip), to);
    }

    @Override
    public CompletionStage<@Nullable String> drain(String drained, boolean drain) {
        return order(paths.vipDrained(drained), drain ? drained : null);
    }

    private CompletionStage<@Nullable String> order(String path, @Nullable String to) {
        try {
            return CompletableFuture.supplyAsync(() -> write(path, to), writes);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(
                    "too many changes are waiting already; try again when they are done");
        }
    }

    /** @return why it could not be written; null when it was */
    private @Nullable String write(String path, @Nullable String to) {
        try {
            if (to == null) {
                client.delete().quietly().forPath(path);
            } else {
                client.create()
                        .orSetData()
                        .creatingParentsIfNeeded()
                        .forPath(path, json.order(to, node, clock.instant()));
            }
            return null;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return "ZooKeeper does not keep it: " + e.getMessage();
        }
    }

    /** Tells the listener nothing any more. */
    void close() {
        VipSession session = current;
        if (session != null) {
            session.fallSilent();
        }
    }
}
