package io.hawser.node.state.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.topic.ITopic;
import com.hazelcast.topic.Message;
import io.hawser.node.state.MessageException;
import io.hawser.node.state.MessageReader;
import io.hawser.node.state.MessageWriter;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes tell each other's mirrors: changes, up to where they have heard, and that halves have met. May be lost
 * on the way, which shows by a gap in the numbers; then the tables are compared.
 */
final class Deltas implements HazelcastTable.Announcer {

    private static final Logger log = LoggerFactory.getLogger(Deltas.class);

    private static final String TOPIC = "hawser/affinity";
    private static final int VERSION = 1;
    /** Of a member's id and a number, at the least. */
    private static final int CONFIRMATION_BYTES = Short.BYTES + Long.BYTES;

    private static final int CHANGED = 1;
    private static final int CONFIRMED = 2;
    private static final int MERGED = 3;

    private final HazelcastInstance instance;
    private final ITopic<byte[]> topic;
    private final LocalContext context;
    private final Runnable reconcileSoon;
    private final Receipts receipts = new Receipts();
    /** The number of the last batch heard from each other member, by its unique id. */
    private final Map<String, Long> heard = new ConcurrentHashMap<>();

    /**
     * @param reconcileSoon called when something was lost
     */
    Deltas(HazelcastInstance instance, LocalContext context, Runnable reconcileSoon) {
        this.instance = instance;
        this.topic = instance.getTopic(TOPIC);
        this.context = context;
        this.reconcileSoon = reconcileSoon;
    }

    void start() {
        topic.addMessageListener(this::onMessage);
    }

    @Override
    public void changed(String pool, byte[] entries) {
        send(new MessageWriter(VERSION)
                .writeByte(CHANGED)
                .writeLong(receipts.next(context.nowMillis()))
                .writeText(pool)
                .writeBytes(entries));
    }

    @Override
    public void suspect() {
        reconcileSoon.run();
    }

    /** Tells the others that the authoritative copies have grown by what this node's half of the cluster knew. */
    void merged() {
        send(new MessageWriter(VERSION).writeByte(MERGED));
    }

    /** Tells the others up to where their batches have arrived here. */
    void confirm() {
        Set<String> others = others();
        heard.keySet().retainAll(others);
        Map<String, Long> now = new TreeMap<>(heard);
        if (!now.isEmpty()) {
            MessageWriter message =
                    new MessageWriter(VERSION).writeByte(CONFIRMED).writeInt(now.size());
            now.forEach((from, number) -> message.writeText(from).writeLong(number));
            send(message);
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

    private void send(MessageWriter message) {
        topic.publish(message.toBytes());
    }

    private void onMessage(Message<byte[]> message) {
        Member sender = message.getPublishingMember();
        if (sender == null || sender.localMember()) {
            return;
        }
        UUID id = sender.getUuid();
        if (id == null) {
            // Of the other half of a cluster that is about to be one again: it is no member yet, and not known by it.
            suspect();
            return;
        }
        try {
            MessageReader in = new MessageReader(message.getMessageObject(), VERSION);
            int kind = in.readByte();
            switch (kind) {
                case CHANGED -> onChanged(id.toString(), in);
                case CONFIRMED -> onConfirmed(id.toString(), in);
                case MERGED -> suspect();
                default -> log.debug("node {} tells what only a later version understands: {}", name(sender), kind);
            }
        } catch (MessageException | IllegalArgumentException e) {
            if (e instanceof MessageException other && other.isOfAnotherVersion()) {
                // While an upgrade is under way, the regular comparisons bring over what it says.
                log.debug("what node {} tells of affinity is left to others: {}", name(sender), e.getMessage());
                return;
            }
            log.warn("what node {} tells of affinity is not understood; it is reconciled later", name(sender), e);
            suspect();
        }
    }

    private void onChanged(String sender, MessageReader in) throws MessageException {
        long number = in.readLong();
        HazelcastTable table = context.tables().get(in.readText());
        byte[] entries = in.readBytes();
        if (table != null) {
            table.heard(entries);
        }
        Long before = heard.put(sender, number);
        if (before != null && number != before + 1) {
            suspect();
        }
    }

    private void onConfirmed(String sender, MessageReader in) throws MessageException {
        String self = instance.getCluster().getLocalMember().getUuid().toString();
        int count = in.readCount(CONFIRMATION_BYTES);
        for (int i = 0; i < count; i++) {
            String of = in.readText();
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
