package io.hawser.node.state.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.topic.Message;
import io.hawser.affinity.LocalAffinityTable;
import io.hawser.node.state.Peer;
import io.hawser.node.state.Replication;
import io.hawser.node.state.SharedState;
import io.hawser.node.state.SharedTable;
import io.hawser.node.state.TableEvents;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's membership of its cluster, and what is shared by it.
 *
 * <p>Threads: "cluster-feed" brings changes out every few milliseconds and never waits; "cluster-sync" does what may take
 * seconds, such as a reconciliation; Hazelcast's own hand on what they hear.
 */
public final class HazelcastState implements SharedState {

    private static final Logger log = LoggerFactory.getLogger(HazelcastState.class);

    private static final long FEED_MILLIS = 50;
    private static final long RETRY_MILLIS = 500;
    private static final long SECOND_LOOK_MILLIS = 2000;
    private static final long CHECK_MILLIS = 1000;
    /** Confirmations come every second: under load there is always a batch that is younger. */
    private static final long SETTLED_MILLIS = 3000;

    private final HazelcastInstance instance;
    private final @Nullable Links links;
    private final LocalContext context;
    private final Claims claims;
    private final Deltas deltas;
    private final Map<String, HazelcastTable> tables;
    private final List<Runnable> peerListeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService feed = thread("cluster-feed");
    private final ScheduledExecutorService sync = thread("cluster-sync");
    private final AtomicBoolean reconcileAsked = new AtomicBoolean();
    private final AtomicBoolean isWarm = new AtomicBoolean();
    private volatile boolean backupsInSync;

    private HazelcastState(
            HazelcastInstance instance,
            @Nullable Links links,
            LocalContext context,
            LongSupplier nanoTime,
            Duration claimWait) {
        this.instance = instance;
        this.links = links;
        this.context = context;
        this.tables = context.tables();
        this.claims = new Claims(this::memberOf, nanoTime, claimWait);
        this.deltas = new Deltas(instance, context, this::reconcileSoon);
    }

    private static ScheduledExecutorService thread(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Joins the cluster, or founds it when nobody is there. Takes seconds.
     *
     * @param nanoTime the node's monotonic clock
     * @param hashSeed a secret of this process, for its hash tables
     * @throws IOException saying what is in the way and what to do
     */
    public static HazelcastState join(HazelcastSettings settings, LongSupplier nanoTime, long hashSeed)
            throws IOException {
        LocalContext context = new LocalContext(() -> nanoTime.getAsLong() / 1_000_000, hashSeed);
        LinkSecurity security = settings.security();
        Links links = security == null ? null : new Links(security, nanoTime);
        try {
            HazelcastState state = new HazelcastState(
                    newInstance(MemberConfig.of(settings, context), links),
                    links,
                    context,
                    nanoTime,
                    settings.claimWait());
            state.refuseSecond(settings.node());
            state.start(settings.reconcileEvery());
            return state;
        } catch (RuntimeException e) {
            if (links != null) {
                links.close();
            }
            throw new IOException(
                    "can't join the cluster " + settings.cluster() + " at " + settings.address() + ": "
                            + e.getMessage() + "; see that cluster.port is free there and open to the other nodes,"
                            + " and that node.address is an address of this machine",
                    e);
        }
    }

    private static HazelcastInstance newInstance(Config config, @Nullable Links links) {
        return links == null
                ? Hazelcast.newHazelcastInstance(config)
                : HazelcastInstanceFactory.newHazelcastInstance(
                        config, config.getInstanceName(), new SecuredNodeContext(links));
    }

    /** Two nodes of one name would overwrite each other wherever nodes are told apart by it. */
    private void refuseSecond(String node) throws IOException {
        for (Member member : instance.getCluster().getMembers()) {
            if (!member.localMember() && node.equals(member.getAttribute(MemberConfig.NODE_ATTRIBUTE))) {
                instance.shutdown();
                throw new IOException("a node with the id " + node + " is in the cluster already, at "
                        + io.netty.util.NetUtil.toSocketAddressString(member.getSocketAddress())
                        + "; give this one another node.id, or stop that one");
            }
        }
    }

    private void start(Duration reconcileEvery) {
        deltas.start();
        instance.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                onMembers("joined", event);
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                claims.forget(event.getMember().getUuid().toString());
                onMembers("left", event);
            }
        });
        instance.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
                log.warn("the halves of the cluster have met again; their affinity tables are reconciled");
                reconcileSoon();
                // The nodes of the half that stayed are told of it by nobody else.
                feed.execute(() -> guarded(deltas::merged));
                peerListeners.forEach(HazelcastState::hand);
            }
        });
        instance.getPartitionService().addPartitionLostListener(lost -> reconcileSoon());
        var unusedFeed = feed.scheduleWithFixedDelay(this::feedAll, FEED_MILLIS, FEED_MILLIS, TimeUnit.MILLISECONDS);
        var unusedSync = sync.scheduleWithFixedDelay(
                this::reconcileAll, reconcileEvery.toMillis(), reconcileEvery.toMillis(), TimeUnit.MILLISECONDS);
        var unusedConfirm = feed.scheduleWithFixedDelay(
                () -> guarded(deltas::confirm), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
        var unusedCheck = sync.scheduleWithFixedDelay(
                () -> guarded(this::checkBackups), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private String memberOf(int segment) {
        Member owner = instance.getPartitionService().getPartition(segment).getOwner();
        return owner == null ? "" : owner.getUuid().toString();
    }

    private void onMembers(String what, MembershipEvent event) {
        log.info(
                "node {} has {} the cluster, which has {} nodes now",
                event.getMember().getAttribute(MemberConfig.NODE_ATTRIBUTE),
                what,
                event.getMembers().size());
        reconcileSoon();
        peerListeners.forEach(HazelcastState::hand);
    }

    /** Tells a listener, whose own thread may have ended: this node is a member for as long as it hands over. */
    private static void hand(Runnable news) {
        try {
            news.run();
        } catch (RejectedExecutionException e) {
            log.debug("not heard, the node is leaving", e);
        }
    }

    /** A task that fails once must not end its schedule. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.debug("the cluster could not be asked; it is asked again in a second", e);
        }
    }

    private void checkBackups() {
        backupsInSync = instance.getPartitionService().isLocalMemberSafe();
    }

    private void feedAll() {
        for (HazelcastTable table : tables.values()) {
            try {
                table.feed();
            } catch (RuntimeException e) {
                log.warn("changes of affinity could not be told to the cluster; they are reconciled later", e);
                reconcileSoon();
            }
        }
    }

    private void reconcileSoon() {
        if (reconcileAsked.compareAndSet(false, true)) {
            try {
                var unused = sync.schedule(this::reconcileAll, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // The node is leaving.
                reconcileAsked.set(false);
            }
        }
    }

    private void reconcileAll() {
        reconcileAsked.set(false);
        guarded(this::warmUpOnce);
        tables.forEach((pool, table) -> reconcile(pool, table));
    }

    /**
     * Learns what the cluster knows. Where others are there, once more a little later: what only a node that has just died
     * had brought to the authoritative copy, the others bring back when they see who came and went.
     */
    private void load(String pool, HazelcastTable table) {
        warmUpOnce();
        if (!reconcile(pool, table)) {
            var unused = sync.schedule(() -> load(pool, table), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } else if (instance.getCluster().getMembers().size() == 1) {
            table.loaded();
        } else {
            var unused = sync.schedule(
                    () -> {
                        reconcile(pool, table);
                        table.loaded();
                    },
                    SECOND_LOOK_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** Before the first pool is ready, or when the first other node has come: what is warmed up is the way there. */
    private void warmUpOnce() {
        if (instance.getCluster().getMembers().size() > 1 && isWarm.compareAndSet(false, true)) {
            claims.warmUp(instance.getMap(MemberConfig.SCRATCH));
        }
    }

    private boolean reconcile(String pool, HazelcastTable table) {
        try {
            table.reconcile();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            if (instance.getLifecycleService().isRunning()) {
                log.warn(
                        "the affinity table of pool {} could not be reconciled with the cluster; trying again",
                        pool,
                        e);
                reconcileSoon();
            }
        }
        return false;
    }

    private static boolean isOwn(Message<byte[]> message) {
        return message.getPublishingMember() != null
                && message.getPublishingMember().localMember();
    }

    @Override
    public List<Peer> peers() {
        List<Peer> peers = new ArrayList<>();
        instance.getCluster().getMembers().forEach(member -> {
            InetSocketAddress at = member.getSocketAddress();
            peers.add(new Peer(
                    String.valueOf(member.getAttribute(MemberConfig.NODE_ATTRIBUTE)),
                    io.netty.util.NetUtil.toSocketAddressString(at),
                    member.localMember()));
        });
        peers.sort(Comparator.comparing(Peer::node));
        return peers;
    }

    @Override
    public List<String> unreadiness() {
        List<String> reasons = new ArrayList<>();
        tables.forEach((pool, table) -> {
            if (!table.isLoaded()) {
                reasons.add("the affinity table of pool " + pool + " is not loaded from the cluster yet");
            }
        });
        return reasons;
    }

    @Override
    public Replication replication() {
        int waiting = 0;
        for (HazelcastTable table : tables.values()) {
            waiting += table.waiting();
        }
        long lagMillis = deltas.lagMillis();
        List<String> unsafe = new ArrayList<>(unreadiness());
        if (instance.getCluster().getMembers().size() == 1) {
            unsafe.add("no other node is in the cluster: what this one knows of sessions would be lost");
        }
        if (waiting > HazelcastTable.MAX_BATCH || lagMillis > SETTLED_MILLIS) {
            unsafe.add("changes of the last moments have not reached every other node");
        }
        if (!backupsInSync) {
            unsafe.add("parts of the affinity tables have no second copy at the moment");
        }
        return new Replication(true, waiting, lagMillis, backupsInSync, unsafe);
    }

    @Override
    public SharedTable share(
            String pool, LocalAffinityTable mirror, long ttlMillis, int maxEntries, TableEvents events) {
        Members members = new Members(instance);
        HazelcastTable table = new HazelcastTable(
                pool,
                instance.getMap(MemberConfig.TABLES + pool),
                mirror,
                HazelcastTable.limits(ttlMillis, maxEntries),
                context,
                claims,
                members,
                sync,
                deltas,
                events);
        tables.put(pool, table);
        sync.execute(() -> load(pool, table));
        return table;
    }

    @Override
    public void unshare(String pool) {
        tables.remove(pool);
    }

    @Override
    public void tell(String topic, byte[] message) {
        try {
            feed.execute(() -> instance.<byte[]>getTopic("hawser/" + topic).publish(message));
        } catch (RejectedExecutionException e) {
            // The node is leaving: nobody needs to hear it any more.
            log.debug("not told, the node is leaving: {}", topic);
        }
    }

    @Override
    public void listen(String topic, Consumer<byte[]> listener) {
        instance.<byte[]>getTopic("hawser/" + topic).addMessageListener(message -> {
            if (!isOwn(message)) {
                hand(() -> listener.accept(message.getMessageObject()));
            }
        });
    }

    @Override
    public void onPeersChanged(Runnable listener) {
        peerListeners.add(listener);
    }

    @Override
    public void close() {
        feedAll();
        feed.shutdown();
        sync.shutdownNow();
        claims.stop();
        instance.shutdown();
        if (links != null) {
            links.close();
        }
    }
}
