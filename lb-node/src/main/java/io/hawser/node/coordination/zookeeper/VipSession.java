package io.hawser.node.coordination.zookeeper;

import io.hawser.node.coordination.VipRegistersListener;
import io.hawser.vip.ClaimView;
import io.hawser.vip.Roster;
import io.hawser.vip.VipAction;
import io.hawser.vip.VipEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.AsyncCallback.ChildrenCallback;
import org.apache.zookeeper.AsyncCallback.MultiCallback;
import org.apache.zookeeper.AsyncCallback.VoidCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to VIPs in one session at ZooKeeper.
 *
 * <p>ZooKeeper's client has one thread for events, on which it tells of changes and of answers in the order in which they
 * came over the connection; all here happens on it, except where it says otherwise. One persistent watch covers
 * everything, which the client sets again after each loss of the connection, before anything else is sent.
 */
final class VipSession implements Watcher {

    private static final Logger log = LoggerFactory.getLogger(VipSession.class);

    /** For a register that nobody can read: longer than any hold-out. */
    private static final long UNKNOWN_HOLD_OUT_NANOS = 120_000_000_000L;

    private final ZooKeeper zooKeeper;
    private final Paths paths;
    private final VipJson json;
    private final List<ACL> acl;
    private final Set<String> vips;
    private final VipRegistersListener listener;
    private final Runnable connected;
    private boolean watching;
    private volatile boolean over;
    private boolean silent;
    /** How often the connection was lost: answers to what was sent before are none. */
    private final AtomicLong losses = new AtomicLong();

    private final Children nodes;
    private final Children orders;

    /**
     * Makes it.
     *
     * @param acl of what is made
     * @param vips whose registers are there
     * @param connected run whenever the session is there, or there again
     */
    VipSession(
            ZooKeeper zooKeeper,
            Paths paths,
            VipJson json,
            List<ACL> acl,
            Set<String> vips,
            VipRegistersListener listener,
            Runnable connected) {
        this.zooKeeper = zooKeeper;
        this.paths = paths;
        this.json = json;
        this.acl = acl;
        this.vips = Set.copyOf(vips);
        this.listener = listener;
        this.connected = connected;
        this.nodes = new Children(List.of(paths.vipNodes()), this::hearNodes);
        this.orders = new Children(List.of(paths.vipsMoved(), paths.vipDrains()), this::hearOrders);
    }

    boolean isOf(ZooKeeper session) {
        return zooKeeper == session;
    }

    /** Whether another one is needed. Any thread. */
    boolean isOver() {
        return over;
    }

    /** Begins to watch. Any thread. */
    void begin() {
        VoidCallback done = (code, path, context) -> {
            if (code == Code.OK.intValue()) {
                watching = true;
                connected();
            } else {
                // Begun anew when the coordination next looks.
                log.debug("VIPs can't be watched: {}", Code.get(code));
                over = true;
            }
        };
        zooKeeper.addWatch(paths.vip(), this, AddWatchMode.PERSISTENT_RECURSIVE, done, null);
    }

    /** It was replaced by another. Any thread. */
    synchronized void end() {
        if (!over || watching) {
            say(() -> listener.session(new VipEvent.SessionLost(), 0));
        }
        over = true;
        silent = true;
    }

    /** Any thread. */
    synchronized void fallSilent() {
        silent = true;
    }

    /** So that nothing is heard of it once the next one has begun. */
    private synchronized void say(Runnable what) {
        if (!silent) {
            what.run();
        }
    }

    private void connected() {
        say(() -> listener.session(new VipEvent.Connected(zooKeeper.getSessionId()), zooKeeper.getSessionTimeout()));
        connected.run();
        nodes.readAnew();
        orders.readAnew();
    }

    @Override
    public void process(WatchedEvent event) {
        if (!watching || over) {
            return;
        }
        if (event.getType() == Event.EventType.None) {
            switch (event.getState()) {
                case SyncConnected -> connected();
                case Disconnected -> {
                    losses.incrementAndGet();
                    say(() -> listener.session(new VipEvent.Disconnected(), 0));
                }
                case Expired, Closed, AuthFailed -> end();
                default -> log.debug("ZooKeeper: {}", event);
            }
            return;
        }
        changed(event.getPath(), event.getType());
    }

    private void changed(String path, Event.EventType type) {
        String claims = paths.vipClaims() + "/";
        if (path.startsWith(claims)) {
            int end = path.indexOf('/', claims.length());
            String vip = path.substring(claims.length(), end < 0 ? path.length() : end);
            if (vips.contains(vip)) {
                boolean renewed = type == Event.EventType.NodeDataChanged && path.equals(paths.vipOwner(vip));
                tell(vip, renewed ? new VipEvent.Renewed() : new VipEvent.Changed());
            }
        } else if (path.startsWith(paths.vipNodes())) {
            nodes.read();
        } else {
            orders.read();
        }
    }

    private void tell(String vip, VipEvent event) {
        say(() -> listener.vip(vip, event));
    }

    /** Does what a machine wants done; any thread. */
    void perform(String vip, String node, VipAction action) {
        if (action instanceof VipAction.ReadClaim) {
            readClaim(vip);
        } else if (action instanceof VipAction.Claim claim) {
            byte[] register = json.write(new VipJson.Register(false, claim.holdOutNanos(), claim.quietNanos()));
            byte[] owner = json.write(new VipJson.Claim(node, claim.epoch() + 1));
            write(
                    List.of(
                            Op.setData(paths.vipRegister(vip), register, (int) claim.epoch()),
                            Op.create(paths.vipOwner(vip), owner, acl, CreateMode.EPHEMERAL)),
                    done -> tell(vip, new VipEvent.ClaimAnswered(done)));
        } else if (action instanceof VipAction.Renew renew) {
            byte[] owner = json.write(new VipJson.Claim(node, renew.epoch()));
            write(
                    List.of(
                            Op.check(paths.vipRegister(vip), (int) renew.epoch()),
                            Op.setData(paths.vipOwner(vip), owner, -1)),
                    done -> tell(vip, new VipEvent.RenewAnswered(renew.attempt(), done)));
        } else if (action instanceof VipAction.Release release) {
            write(
                    List.of(
                            Op.setData(paths.vipRegister(vip), free(), (int) release.epoch()),
                            Op.delete(paths.vipOwner(vip), -1)),
                    done -> tell(vip, new VipEvent.ReleaseAnswered()));
        } else if (action instanceof VipAction.ReleaseDead dead) {
            write(
                    List.of(
                            Op.setData(paths.vipRegister(vip), free(), (int) dead.epoch()),
                            Op.delete(paths.vipOwner(vip), dead.version())),
                    done -> {
                        if (done) {
                            log.info(
                                    "vip {}: its owner {}; its claim is released",
                                    vip,
                                    dead.proven() ? "is proven to be dead" : "has been silent for long enough");
                        }
                        tell(vip, new VipEvent.Changed());
                    });
        } else {
            throw new IllegalArgumentException("ZooKeeper can't do " + action);
        }
    }

    private byte[] free() {
        return json.write(new VipJson.Register(true, 0, 0));
    }

    /** @param answered told whether it was done, or refused because something had changed */
    private void write(List<Op> transaction, Consumer<Boolean> answered) {
        long before = losses.get();
        MultiCallback done = (code, path, context, results) -> {
            switch (outcome(code, before)) {
                case DONE -> answered.accept(true);
                case REFUSED -> answered.accept(false);
                case NONE -> {}
            }
        };
        zooKeeper.multi(transaction, done, null);
    }

    private enum Outcome {
        DONE,
        REFUSED,
        NONE
    }

    private Outcome outcome(int code, long lossesBefore) {
        if (losses.get() != lossesBefore || over) {
            return Outcome.NONE;
        }
        return switch (Code.get(code)) {
            case OK -> Outcome.DONE;
            case BADVERSION, NONODE, NODEEXISTS, RUNTIMEINCONSISTENCY -> Outcome.REFUSED;
            case CONNECTIONLOSS, SESSIONEXPIRED, AUTHFAILED -> Outcome.NONE;
            default -> {
                log.error(
                        "ZooKeeper refuses what is needed for VIPs: {}; see that this node may read and write below {}",
                        Code.get(code),
                        paths.vip());
                // Whatever was to come of it does not; the machines begin again.
                over = true;
                say(() -> listener.session(new VipEvent.Disconnected(), 0));
                yield Outcome.NONE;
            }
        };
    }

    private void readClaim(String vip) {
        long before = losses.get();
        MultiCallback done = (code, path, context, results) -> {
            // Each part has an answer of its own: that there is no owner is one.
            Outcome outcome = code == Code.NONODE.intValue() ? Outcome.DONE : outcome(code, before);
            if (outcome == Outcome.DONE && losses.get() == before && !over) {
                ClaimView view = view(vip, results);
                if (!over) {
                    say(() -> listener.vip(vip, new VipEvent.ClaimRead(view)));
                }
            }
        };
        zooKeeper.multi(
                List.of(
                        Op.getData(paths.vipRegister(vip)),
                        Op.getData(paths.vipOwner(vip)),
                        Op.getChildren(paths.vipStandbys(vip))),
                done,
                null);
    }

    /** Somebody has deleted what this node had made: the coordination makes it anew, and begins another session here. */
    private void missing(String path) {
        if (!over) {
            log.error("{} in ZooKeeper is gone, which nodes never delete; it is made anew", path);
            over = true;
            say(() -> listener.session(new VipEvent.Disconnected(), 0));
        }
    }

    private ClaimView view(String vip, List<OpResult> results) {
        VipJson.Register register = new VipJson.Register(false, UNKNOWN_HOLD_OUT_NANOS, UNKNOWN_HOLD_OUT_NANOS);
        long epoch = -1;
        if (results.get(0) instanceof OpResult.GetDataResult found) {
            epoch = found.getStat().getVersion();
            try {
                register = json.register(found.getData());
            } catch (IOException e) {
                log.error(
                        "vip {}: {} in ZooKeeper can't be read: {}; it is taken over when its owner has been silent for {} s",
                        vip,
                        paths.vipRegister(vip),
                        e.getMessage(),
                        UNKNOWN_HOLD_OUT_NANOS / 1_000_000_000);
            }
        } else {
            missing(paths.vipRegister(vip));
        }
        ClaimView.Owner owner = null;
        if (results.get(1) instanceof OpResult.GetDataResult found) {
            owner = owner(vip, found.getData(), found.getStat(), epoch);
        }
        Set<String> standby = results.get(2) instanceof OpResult.GetChildrenResult found
                ? new HashSet<>(found.getChildren())
                : Set.of();
        return new ClaimView(epoch, register.free(), register.holdOutNanos(), register.quietNanos(), owner, standby);
    }

    private ClaimView.Owner owner(String vip, byte[] data, Stat stat, long epoch) {
        try {
            VipJson.Claim claim = json.claim(data);
            return new ClaimView.Owner(claim.node(), stat.getEphemeralOwner(), claim.epoch(), stat.getVersion());
        } catch (IOException e) {
            log.error("vip {}: {} in ZooKeeper can't be read: {}", vip, paths.vipOwner(vip), e.getMessage());
            return new ClaimView.Owner("?", stat.getEphemeralOwner(), epoch, stat.getVersion());
        }
    }

    private void hearNodes(Map<String, OpResult.GetDataResult> found) {
        List<Roster.Entry> entries = new ArrayList<>();
        found.forEach((path, data) -> {
            try {
                entries.add(new Roster.Entry(
                        json.candidacy(data.getData()), data.getStat().getEphemeralOwner()));
            } catch (IOException e) {
                log.error("{} in ZooKeeper can't be read: {}", path, e.getMessage());
            }
        });
        say(() -> listener.nodes(entries));
    }

    private void hearOrders(Map<String, OpResult.GetDataResult> found) {
        Map<String, String> moved = new TreeMap<>();
        Set<String> drained = new HashSet<>();
        found.forEach((path, data) -> {
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (path.startsWith(paths.vipDrains())) {
                drained.add(name);
            } else {
                try {
                    moved.put(name, json.movedTo(data.getData()));
                } catch (IOException e) {
                    log.error("{} in ZooKeeper can't be read: {}; move the VIP again", path, e.getMessage());
                }
            }
        });
        say(() -> listener.operated(moved, drained));
    }

    /** The children of some nodes: read once more when something has changed while they were read. */
    private final class Children {

        private final List<String> parents;
        private final Consumer<Map<String, OpResult.GetDataResult>> heard;
        private boolean outdated;
        private boolean reading;

        Children(List<String> parents, Consumer<Map<String, OpResult.GetDataResult>> heard) {
            this.parents = parents;
            this.heard = heard;
        }

        /** What was being read is not answered any more. */
        void readAnew() {
            reading = false;
            read();
        }

        void read() {
            outdated = true;
            if (reading) {
                return;
            }
            reading = true;
            outdated = false;
            readAll(parents, found -> {
                reading = false;
                heard.accept(found);
                if (outdated) {
                    read();
                }
            });
        }
    }

    /**
     * Reads all children of some nodes.
     *
     * @param read given their data by their paths; not called when the connection is lost
     */
    private void readAll(List<String> parents, Consumer<Map<String, OpResult.GetDataResult>> read) {
        List<String> children = new ArrayList<>();
        int[] left = {parents.size()};
        long before = losses.get();
        for (String parent : parents) {
            ChildrenCallback listed = (code, path, context, names) -> {
                if (code == Code.NONODE.intValue()) {
                    missing(parent);
                } else if (outcome(code, before) == Outcome.DONE) {
                    names.forEach(name -> children.add(parent + "/" + name));
                    left[0]--;
                    if (left[0] == 0) {
                        readData(children, before, read);
                    }
                }
            };
            zooKeeper.getChildren(parent, false, listed, null);
        }
    }

    private void readData(List<String> children, long before, Consumer<Map<String, OpResult.GetDataResult>> read) {
        if (children.isEmpty()) {
            read.accept(Map.of());
            return;
        }
        MultiCallback done = (code, path, context, results) -> {
            // One that is gone by now is left out.
            Outcome outcome = code == Code.NONODE.intValue() ? Outcome.DONE : outcome(code, before);
            if (outcome == Outcome.DONE && losses.get() == before && !over) {
                Map<String, OpResult.GetDataResult> found = new TreeMap<>();
                for (int i = 0; i < children.size(); i++) {
                    if (results.get(i) instanceof OpResult.GetDataResult data) {
                        found.put(children.get(i), data);
                    }
                }
                read.accept(found);
            }
        };
        zooKeeper.multi(children.stream().map(Op::getData).toList(), done, null);
    }
}
