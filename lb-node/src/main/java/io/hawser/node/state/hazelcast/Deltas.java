package io.hawser.node.state.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.topic.ITopic;
import com.hazelcast.topic.Message;
import io.hawser.affinity.AffinityCodec;
import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes tell each other's mirrors: changes, clearings, and up to where they have heard. May be lost on the way, which
 * shows by a gap in the numbers; then the tables are compared.
 */
final class Deltas implements HazelcastTable.Announcer {

    private static final Logger log = LoggerFactory.getLogger(Deltas.class);

    private static final String TOPIC = "hawser/affinity";
    private static final int CHANGED = 1;
    private static final int CLEARED = 2;
    private static final int CONFIRMED = 3;

    private final HazelcastInstance instance;
    private final ITopic<byte[]> topic;
    private final Map<String, HazelcastTable> tables;
    private final LocalContext context;
    private final Runnable reconcileSoon;
    private final Receipts receipts = new Receipts();
    /** The number of the last batch heard from each other member, by its unique id. */
    private final Map<String, Long> heard = new ConcurrentHashMap<>();

    /**
     * @param tables by pool
     * @param reconcileSoon called when something was lost
     */
    Deltas(
            HazelcastInstance instance,
            Map<String, HazelcastTable> tables,
            LocalContext context,
            Runnable reconcileSoon) {
        this.instance = instance;
        this.topic = instance.getTopic(TOPIC);
        this.tables = tables;
        this.context = context;
        this.reconcileSoon = reconcileSoon;
    }

    void start() {
        topic.addMessageListener(this::onMessage);
    }

    @Override
    public void changed(String pool, byte[] entries) {
        send(out -> {
            out.writeByte(CHANGED);
            out.writeLong(receipts.next(context.nowMillis()));
            out.writeUTF(pool);
            out.writeInt(entries.length);
            out.write(entries);
        });
    }

    @Override
    public void cleared(String pool, @Nullable AffinityKey key, @Nullable String backend) {
        byte[] packed = key == null
                ? new byte[0]
                : AffinityCodec.encode(
                        List.of(new AffinityTable.Entry(key, "", context.nowMillis())), context.nowMillis());
        send(out -> {
            out.writeByte(CLEARED);
            out.writeLong(receipts.next(context.nowMillis()));
            out.writeUTF(pool);
            out.writeBoolean(backend != null);
            out.writeUTF(backend == null ? "" : backend);
            out.writeInt(packed.length);
            out.write(packed);
        });
    }

    @Override
    public void suspect() {
        reconcileSoon.run();
    }

    /** Tells the others up to where their batches have arrived here. */
    void confirm() {
        Set<String> others = others();
        heard.keySet().retainAll(others);
        Map<String, Long> now = new TreeMap<>(heard);
        if (!now.isEmpty()) {
            send(out -> {
                out.writeByte(CONFIRMED);
                out.writeInt(now.size());
                for (Map.Entry<String, Long> from : now.entrySet()) {
                    out.writeUTF(from.getKey());
                    out.writeLong(from.getValue());
                }
            });
        }
    }

    /** How long ago the oldest batch of this node's was sent that not all others have confirmed; 0 when there is none. */
    long lagMillis() {
        return receipts.lagMillis(others(), context.nowMillis());
    }

    private Set<String> others() {
        return instance.getCluster().getMembers().stream()
                .filter(member -> !member.localMember())
                .map(member -> member.getUuid().toString())
                .collect(Collectors.toSet());
    }

    private interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    private void send(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written", e);
        }
        topic.publish(bytes.toByteArray());
    }

    private void onMessage(Message<byte[]> message) {
        Member sender = message.getPublishingMember();
        if (sender == null || sender.localMember()) {
            return;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message.getMessageObject()))) {
            int kind = in.readUnsignedByte();
            switch (kind) {
                case CHANGED, CLEARED -> onBatch(kind, sender.getUuid().toString(), in);
                case CONFIRMED -> onConfirmed(sender.getUuid().toString(), in);
                default -> log.debug("node {} tells what only a later version understands: {}", name(sender), kind);
            }
        } catch (IOException | IllegalArgumentException e) {
            log.warn("what node {} tells of affinity is not understood; it is reconciled later", name(sender), e);
            suspect();
        }
    }

    private void onBatch(int kind, String sender, DataInputStream in) throws IOException {
        long number = in.readLong();
        HazelcastTable table = tables.get(in.readUTF());
        if (kind == CHANGED) {
            byte[] entries = in.readNBytes(in.readInt());
            if (table != null) {
                table.heard(entries);
            }
        } else {
            boolean oneBackend = in.readBoolean();
            String name = in.readUTF();
            byte[] packed = in.readNBytes(in.readInt());
            if (table != null) {
                AffinityKey key = packed.length == 0
                        ? null
                        : AffinityCodec.decode(packed, context.nowMillis())
                                .get(0)
                                .key();
                table.heardCleared(key, oneBackend ? name : null);
            }
        }
        Long before = heard.put(sender, number);
        if (before != null && number != before + 1) {
            suspect();
        }
    }

    private void onConfirmed(String sender, DataInputStream in) throws IOException {
        String self = instance.getCluster().getLocalMember().getUuid().toString();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String of = in.readUTF();
            long number = in.readLong();
            if (of.equals(self)) {
                receipts.confirmed(sender, number);
            }
        }
    }

    private static String name(Member member) {
        return String.valueOf(member.getAttribute(MemberConfig.NODE_ATTRIBUTE));
    }
}
