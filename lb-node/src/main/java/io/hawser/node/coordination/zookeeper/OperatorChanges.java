package io.hawser.node.coordination.zookeeper;

import io.hawser.node.coordination.OperatorChange;
import io.hawser.pool.OperatorSetting;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators have set, as ZooKeeper keeps it: watched, brought into force here, and written.
 *
 * <p>Used on the coordination's thread, but for {@link #write}, which is called on another.
 */
final class OperatorChanges {

    private static final Logger log = LoggerFactory.getLogger(OperatorChanges.class);

    /** Each time, somebody else was faster. */
    private static final int MAX_ATTEMPTS = 20;

    private static final int MAX_UNREADABLE = 1000;

    private final CuratorFramework client;
    private final Paths paths;
    private final Json json;
    private final String node;
    private final Clock clock;
    private final Executor thread;
    private final Function<List<OperatorChange>, CompletionStage<?>> bringIntoForce;
    private final Consumer<Map<String, Long>> inForce;
    private final CuratorCache cache;
    private final AtomicBoolean isDue = new AtomicBoolean();
    private final Set<String> unreadable = new HashSet<>();
    private Map<String, Long> last = Map.of();
    private long looks;
    private long confirmed;
    private boolean started;
    private boolean loaded;

    /**
     * Makes it.
     *
     * @param node this node's id
     * @param bringIntoForce given all that is set, whenever that has changed, and once when it is first known; completes
     *     when it is in force here
     * @param inForce told then, by {@code POOL/BACKEND} with the zxid of each
     */
    OperatorChanges(
            CuratorFramework client,
            Paths paths,
            Json json,
            String node,
            Clock clock,
            Executor thread,
            Function<List<OperatorChange>, CompletionStage<?>> bringIntoForce,
            Consumer<Map<String, Long>> inForce) {
        this.client = client;
        this.paths = paths;
        this.json = json;
        this.node = node;
        this.clock = clock;
        this.thread = thread;
        this.bringIntoForce = bringIntoForce;
        this.inForce = inForce;
        this.cache = CuratorCache.build(client, paths.operator());
    }

    /** Begins to watch; without effect when it does already. */
    void start() {
        if (started) {
            return;
        }
        started = true;
        // A server that lags behind the others catches up first, so that what is loaded is not older than now.
        try {
            client.sync().forPath(paths.operator());
        } catch (Exception e) {
            log.debug("sync failed", e);
        }
        cache.listenable()
                .addListener(
                        CuratorCacheListener.builder()
                                .forInitialized(() -> {
                                    loaded = true;
                                    look();
                                })
                                .forAll((type, before, now) -> lookSoon())
                                .build(),
                        thread);
        cache.start();
    }

    /** Many changes that come together are looked at together. */
    private void lookSoon() {
        if (loaded && isDue.compareAndSet(false, true)) {
            thread.execute(this::look);
        }
    }

    private void look() {
        isDue.set(false);
        Map<String, Long> now = new TreeMap<>();
        List<OperatorChange> all = new ArrayList<>();
        cache.stream().forEach(data -> {
            String[] names = paths.backendAt(data.getPath());
            OperatorChange change = names.length == 2 ? read(names[0], names[1], data) : null;
            if (change != null) {
                now.put(names[0] + "/" + names[1], data.getStat().getMzxid());
                all.add(change);
            }
        });
        if (now.equals(last) && looks > 0) {
            return;
        }
        last = now;
        long look = ++looks;
        var unused = bringIntoForce.apply(all).thenRunAsync(() -> confirm(look, now), thread);
    }

    private void confirm(long look, Map<String, Long> now) {
        if (look > confirmed) {
            confirmed = look;
            inForce.accept(now);
        }
    }

    private @Nullable OperatorChange read(String pool, String backend, ChildData data) {
        try {
            return json.change(pool, backend, data.getData());
        } catch (IOException e) {
            if (unreadable.size() < MAX_UNREADABLE
                    && unreadable.add(data.getPath() + data.getStat().getMzxid())) {
                log.error(
                        "what is set of pool {} backend {} is not heeded, since {} in ZooKeeper can't be read: {}; set it"
                                + " again by lbctl",
                        pool,
                        backend,
                        data.getPath(),
                        e.getMessage());
            }
            return null;
        }
    }

    /**
     * Writes a change over what is set. Blocks.
     *
     * @return the zxid that a node has applied at least when the change is in force there; 0 when nothing was to change
     *     and nothing was ever set
     */
    long write(String pool, String backend, UnaryOperator<OperatorSetting> edit) throws Exception {
        String path = paths.backend(pool, backend);
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            Stat stat = new Stat();
            try {
                OperatorSetting before = OperatorSetting.NONE;
                boolean exists = true;
                try {
                    before = readable(
                            pool, backend, client.getData().storingStatIn(stat).forPath(path));
                } catch (KeeperException.NoNodeException e) {
                    exists = false;
                }
                OperatorSetting next = edit.apply(before);
                if (next.equals(before)) {
                    return exists ? stat.getMzxid() : 0;
                }
                byte[] data = json.write(new OperatorChange(pool, backend, next, node, clock.instant()));
                if (exists) {
                    return client.setData()
                            .withVersion(stat.getVersion())
                            .forPath(path, data)
                            .getMzxid();
                }
                client.create().storingStatIn(stat).creatingParentsIfNeeded().forPath(path, data);
                return stat.getMzxid();
            } catch (KeeperException.BadVersionException
                    | KeeperException.NodeExistsException
                    | KeeperException.NoNodeException e) {
                log.debug("{} was changed by another node at the same time", path);
            }
        }
        throw new IOException("other nodes change it all the time");
    }

    private OperatorSetting readable(String pool, String backend, byte[] data) {
        try {
            return json.change(pool, backend, data).setting();
        } catch (IOException e) {
            return OperatorSetting.NONE;
        }
    }

    void close() {
        cache.close();
    }
}
