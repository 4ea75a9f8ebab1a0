package io.hawser.node.coordination.zookeeper;

import io.hawser.node.coordination.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.x.discovery.ServiceCache;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.details.ServiceCacheListener;
import org.jspecify.annotations.Nullable;

/**
 * The nodes as they have registered themselves with Curator's service discovery, which keeps registrations alive when
 * sessions end.
 *
 * <p>Used on the coordination's thread, but for {@link #list}.
 */
final class Members {

    private static final String SERVICE = "lb-node";
    private static final int FIRST_LOOK_MILLIS = 2000;

    private final String instance;
    private final ServiceDiscovery<Member> discovery;
    private final ServiceCache<Member> cache;
    private final Consumer<List<Member>> changed;
    private volatile List<Member> last = List.of();
    private boolean started;
    private @Nullable ServiceInstance<Member> registered;

    /**
     * Makes it.
     *
     * @param instance of this start of this node: the discovery deletes whoever has the same, so that it may be nobody
     *     else's
     * @param thread where listeners are called
     * @param changed told whenever the list has changed
     */
    Members(
            CuratorFramework client,
            Paths paths,
            Json json,
            String instance,
            Executor thread,
            Consumer<List<Member>> changed) {
        this.instance = instance;
        this.discovery = ServiceDiscoveryBuilder.builder(Member.class)
                .client(client)
                .basePath(paths.members())
                .serializer(json)
                .build();
        this.cache = discovery.serviceCacheBuilder().name(SERVICE).build();
        this.changed = changed;
        cache.addListener(
                new ServiceCacheListener() {
                    @Override
                    public void cacheChanged() {
                        look();
                    }

                    @Override
                    public void stateChanged(CuratorFramework framework, ConnectionState state) {
                        // What was known stays so while ZooKeeper is away.
                    }
                },
                thread);
    }

    static ServiceInstance<Member> instance(String service, String id, Member member) {
        return new ServiceInstance<>(
                service,
                id,
                member.address(),
                member.clusterPort(),
                null,
                member,
                member.started().toEpochMilli(),
                org.apache.curator.x.discovery.ServiceType.DYNAMIC,
                null);
    }

    /** Begins to watch; without effect when it does already. */
    void start() throws Exception {
        if (!started) {
            started = true;
            discovery.start();
            var unused = cache.startImmediate().await(FIRST_LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Tells of what has changed; the cache does not when it is filled for the first time. */
    void look() {
        List<Member> now = ordered();
        if (!now.equals(last)) {
            last = now;
            changed.accept(now);
        }
    }

    /** Registers this node, or what has changed of it; without effect when nothing has. */
    void register(Member self) throws Exception {
        ServiceInstance<Member> before = registered;
        if (before != null && before.getPayload().equals(self)) {
            return;
        }
        ServiceInstance<Member> service = instance(SERVICE, instance, self);
        if (before == null) {
            discovery.registerService(service);
        } else {
            discovery.updateService(service);
        }
        registered = service;
    }

    void unregister() throws Exception {
        ServiceInstance<Member> service = registered;
        if (service != null) {
            registered = null;
            discovery.unregisterService(service);
        }
    }

    /** By id. Any thread. */
    List<Member> list() {
        return last;
    }

    private List<Member> ordered() {
        Map<String, Member> byId = new TreeMap<>();
        for (ServiceInstance<Member> one : cache.getInstances()) {
            Member member = one.getPayload();
            // For a moment there may be two starts of one node.
            byId.merge(member.id(), member, (a, b) -> a.started().isAfter(b.started()) ? a : b);
        }
        return new ArrayList<>(byId.values());
    }

    void close() throws IOException {
        if (started) {
            cache.close();
        }
    }
}
