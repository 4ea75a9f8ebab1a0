package io.hawser.node;

import io.hawser.limit.ClientUse;
import io.hawser.net.IpAddress;
import io.hawser.node.connection.DataPath;
import io.hawser.node.state.MessageException;
import io.hawser.node.state.MessageReader;
import io.hawser.node.state.MessageWriter;
import io.hawser.node.state.SharedState;
import io.hawser.node.state.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Makes the limits for each client hold for the cluster, approximately: once a second every node tells the others which
 * clients make much use of it, and what they have elsewhere counts here. Nothing waits for it.
 */
final class ClientNews {

    private static final Topic TOPIC = new Topic("clients", 1);
    /** Of one listener; some 40 KB. */
    private static final int MOST = 2000;

    private static final int USE_BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;
    /** A node that has said nothing for so long has nothing to say any more. */
    private static final long FRESH_NANOS = 5_000_000_000L;

    /** What a node told last. */
    private record Told(Map<String, List<ClientUse>> uses, long receivedNanos) {}

    private final SharedState state;
    private final String self;
    private final DataPath dataPath;
    private final LongSupplier nanoTime;
    private final Map<String, Told> heard = new ConcurrentHashMap<>();
    private boolean told;

    /** @param self this node's id */
    ClientNews(SharedState state, String self, DataPath dataPath, LongSupplier nanoTime) {
        this.state = state;
        this.self = self;
        this.dataPath = dataPath;
        this.nanoTime = nanoTime;
        TOPIC.listen(state, this::onMessage);
    }

    /** Tells the others, and takes in what they told; called about once a second, always on the same thread. */
    void tick() {
        Set<String> nodes = state.members();
        if (nodes.size() <= 1 && heard.isEmpty()) {
            return;
        }
        Map<String, List<ClientUse>> own = dataPath.busiestClients(Math.max(1, nodes.size()), MOST);
        // Nothing is told once more after something, so that the others need not wait until it is too old.
        if (!own.isEmpty() || told) {
            TOPIC.tell(state, message -> write(own, message));
        }
        told = !own.isEmpty();
        long now = nanoTime.getAsLong();
        heard.entrySet()
                .removeIf(node ->
                        !nodes.contains(node.getKey()) || now - node.getValue().receivedNanos() > FRESH_NANOS);
        Map<String, List<ClientUse>> elsewhere = new HashMap<>();
        heard.values().forEach(node -> node.uses().forEach((listener, uses) -> elsewhere
                .computeIfAbsent(listener, id -> new ArrayList<>())
                .addAll(uses)));
        dataPath.setClientsElsewhere(elsewhere);
    }

    private void write(Map<String, List<ClientUse>> own, MessageWriter out) {
        out.writeText(self).writeInt(own.size());
        own.forEach((listener, uses) -> {
            out.writeText(listener).writeInt(uses.size());
            for (ClientUse use : uses) {
                out.writeLong(use.client().high())
                        .writeLong(use.client().low())
                        .writeInt(use.open())
                        .writeInt(use.begun());
            }
        });
    }

    private void onMessage(MessageReader in) throws MessageException {
        String node = in.readText();
        Map<String, List<ClientUse>> uses = new HashMap<>();
        int listeners = in.readCount(Short.BYTES + Integer.BYTES);
        for (int i = 0; i < listeners; i++) {
            List<ClientUse> of = uses.computeIfAbsent(in.readText(), id -> new ArrayList<>());
            int count = in.readCount(USE_BYTES);
            for (int j = 0; j < count; j++) {
                of.add(new ClientUse(new IpAddress(in.readLong(), in.readLong()), in.readInt(), in.readInt()));
            }
        }
        heard.put(node, new Told(uses, nanoTime.getAsLong()));
    }
}
