package io.hawser.node.coordination.zookeeper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;

/** Waits until every node that is there has confirmed that a change is in force on it. Blocks, on a thread of its own. */
final class Confirmations {

    private static final int LOOK_EVERY_MILLIS = 15;

    private final CuratorFramework client;
    private final Paths paths;
    private final Json json;
    private final LongSupplier nanoTime;

    Confirmations(CuratorFramework client, Paths paths, Json json, LongSupplier nanoTime) {
        this.client = client;
        this.paths = paths;
        this.json = json;
        this.nanoTime = nanoTime;
    }

    /**
     * Who has confirmed and who has not.
     *
     * @param nodes the ids of those that were there at first
     * @param missing the ids of those that are there and have not confirmed in time
     */
    record Result(Set<String> nodes, List<String> missing) {}

    /**
     * Waits.
     *
     * @param backend {@code POOL/BACKEND}
     * @param zxid of the change; a later one of the same backend does, too
     */
    Result await(String backend, long zxid, long nanos) throws Exception {
        long deadline = nanoTime.getAsLong() + nanos;
        List<String> missing = new ArrayList<>(client.getChildren().forPath(paths.nodes()));
        Set<String> nodes = Set.copyOf(missing);
        while (true) {
            List<String> still = new ArrayList<>();
            for (String node : missing) {
                if (!hasConfirmed(node, backend, zxid)) {
                    still.add(node);
                }
            }
            missing = still;
            if (missing.isEmpty() || nanoTime.getAsLong() - deadline >= 0) {
                return new Result(nodes, missing.stream().sorted().toList());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
    }

    /** Whether it has, or is gone. */
    private boolean hasConfirmed(String node, String backend, long zxid) throws Exception {
        try {
            Map<String, Long> applied =
                    json.holder(client.getData().forPath(paths.node(node))).applied();
            return applied.getOrDefault(backend, 0L) >= zxid;
        } catch (KeeperException.NoNodeException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
