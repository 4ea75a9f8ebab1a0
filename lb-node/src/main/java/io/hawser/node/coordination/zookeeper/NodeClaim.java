package io.hawser.node.coordination.zookeeper;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * This node's hold of its id: an ephemeral node that only one living session can have. It also tells the others which
 * changes are in force here.
 *
 * <p>Used on the coordination's thread.
 */
final class NodeClaim {

    /** Whoever waits for a confirmation waits for seconds. */
    private static final int MAX_CONFIRMED = 256;

    private static final long NONE = 0;

    private final CuratorFramework client;
    private final Json json;
    private final String path;
    private final String instance;
    private final String address;
    private Map<String, Long> applied = Map.of();
    private long heldIn = NONE;

    NodeClaim(CuratorFramework client, Json json, String path, String instance, String address) {
        this.client = client;
        this.json = json;
        this.path = path;
        this.instance = instance;
        this.address = address;
    }

    /**
     * Takes hold, or sees that it still has.
     *
     * @return who has it instead; null when this node has
     */
    Json.@Nullable Holder hold() throws Exception {
        long session = client.getZookeeperClient().getZooKeeper().getSessionId();
        while (session != heldIn) {
            try {
                client.create().withMode(CreateMode.EPHEMERAL).forPath(path, data());
                heldIn = session;
            } catch (KeeperException.NodeExistsException e) {
                Json.Holder other = other(session);
                if (other != null) {
                    return other;
                }
            }
        }
        return null;
    }

    /** Who has it; null when it is to be tried again, or this session has it. */
    private Json.@Nullable Holder other(long session) throws Exception {
        Stat stat = new Stat();
        try {
            byte[] data = client.getData().storingStatIn(stat).forPath(path);
            if (stat.getEphemeralOwner() == session) {
                // An attempt whose answer was lost has succeeded.
                heldIn = session;
                return null;
            }
            Json.Holder holder = holder(data);
            if (!holder.instance().equals(instance)) {
                return holder;
            }
            // Left by an earlier session of this process, which ZooKeeper has not ended yet.
            client.delete().withVersion(stat.getVersion()).forPath(path);
        } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
            // Changed just now: try again.
        }
        return null;
    }

    private Json.Holder holder(byte[] data) {
        try {
            return json.holder(data);
        } catch (IOException e) {
            return new Json.Holder("", "an unknown address (" + e.getMessage() + ")", Map.of());
        }
    }

    /** Whether this node has held it, in whatever session. */
    boolean wasHeld() {
        return heldIn != NONE;
    }

    /** Tells the others that these changes are in force here, by {@code POOL/BACKEND} and zxid. */
    void confirm(Map<String, Long> inForce) throws Exception {
        Map<String, Long> latest = new LinkedHashMap<>();
        inForce.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(MAX_CONFIRMED)
                .forEach(entry -> latest.put(entry.getKey(), entry.getValue()));
        applied = new TreeMap<>(latest);
        if (heldIn == client.getZookeeperClient().getZooKeeper().getSessionId()) {
            try {
                client.setData().forPath(path, data());
            } catch (KeeperException.NoNodeException e) {
                // Somebody has removed it; it is made anew.
                heldIn = -1;
            }
        }
    }

    private byte[] data() throws IOException {
        return json.write(new Json.Holder(instance, address, applied));
    }

    void release() throws Exception {
        if (heldIn == client.getZookeeperClient().getZooKeeper().getSessionId()) {
            client.delete().quietly().forPath(path);
        }
    }
}
