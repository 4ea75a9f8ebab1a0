package io.hawser.node;

import io.hawser.limit.ClientUse;
import io.hawser.net.IpAddress;
import io.hawser.node.connection.DataPath;
import io.hawser.node.state.SharedState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the limits for each client hold for the cluster, approximately: once a second every node tells the others which
 * clients make much use of it, and what they have elsewhere counts here. Nothing waits for it.
 */
final class ClientNews {

    private static final Logger log = LoggerFactory.getLogger(ClientNews.class);

    private static final String TOPIC = "clients";
    private static final int VERSION = 1;
    /** Of one listener; some 40 KB. */
    private static final int MOST = 2000;
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
        state.listen(TOPIC, this::onMessage);
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
            state.tell(TOPIC, encode(own));
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

    private byte[] encode(Map<String, List<ClientUse>> own) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(self);
            out.writeInt(own.size());
            for (Map.Entry<String, List<ClientUse>> listener : own.entrySet()) {
                out.writeUTF(listener.getKey());
                out.writeInt(listener.getValue().size());
                for (ClientUse use : listener.getValue()) {
                    out.writeLong(use.client().high());
                    out.writeLong(use.client().low());
                    out.writeInt(use.open());
                    out.writeInt(use.begun());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written", e);
        }
        return bytes.toByteArray();
    }

    private void onMessage(byte[] message) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                log.debug("a message about clients of version {} is left to nodes that understand it", version);
                return;
            }
            String node = in.readUTF();
            Map<String, List<ClientUse>> uses = new HashMap<>();
            int listeners = in.readInt();
            for (int i = 0; i < listeners; i++) {
                List<ClientUse> of = uses.computeIfAbsent(in.readUTF(), id -> new ArrayList<>());
                int count = in.readInt();
                for (int j = 0; j < count; j++) {
                    of.add(new ClientUse(new IpAddress(in.readLong(), in.readLong()), in.readInt(), in.readInt()));
                }
            }
            heard.put(node, new Told(uses, nanoTime.getAsLong()));
        } catch (IOException e) {
            log.warn("what another node tells about clients is not understood", e);
        }
    }
}
