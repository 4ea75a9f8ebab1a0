package io.hawser.node.state.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.hawser.affinity.AffinityBatch;
import io.hawser.affinity.AffinitySegment;
import io.hawser.affinity.AffinityTable;
import io.hawser.affinity.KnownClearings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Entries sorted by segment, each segment's packed by itself: a task that runs on many segments unpacks for each only
 * what concerns it.
 */
final class Parts {

    private static final byte[] NO_BYTES = {};
    private static final AffinityBatch NOTHING = new AffinityBatch(List.of(), new KnownClearings(Set.of(), 0));

    private final Map<Integer, byte[]> bySegment;

    private Parts(Map<Integer, byte[]> bySegment) {
        this.bySegment = bySegment;
    }

    static Parts none() {
        return new Parts(Map.of());
    }

    static Parts of(AffinityBatch batch, long nowMillis) {
        Map<Integer, List<AffinityTable.Entry>> sorted = new TreeMap<>();
        for (AffinityTable.Entry entry : batch.entries()) {
            sorted.computeIfAbsent(AffinitySegment.of(entry.key()), segment -> new ArrayList<>())
                    .add(entry);
        }
        Map<Integer, byte[]> packed = new TreeMap<>();
        sorted.forEach(
                (segment, part) -> packed.put(segment, new AffinityBatch(part, batch.known()).encode(nowMillis)));
        return new Parts(packed);
    }

    Set<Integer> segments() {
        return bySegment.keySet();
    }

    AffinityBatch of(int segment, long nowMillis) {
        byte[] packed = bySegment.get(segment);
        return packed == null ? NOTHING : AffinityBatch.decode(packed, nowMillis);
    }

    void write(ObjectDataOutput out) throws IOException {
        out.writeInt(bySegment.size());
        for (Map.Entry<Integer, byte[]> part : bySegment.entrySet()) {
            out.writeInt(part.getKey());
            out.writeByteArray(part.getValue());
        }
    }

    static Parts read(ObjectDataInput in) throws IOException {
        int count = in.readInt();
        Map<Integer, byte[]> parts = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            parts.put(in.readInt(), orEmpty(in.readByteArray()));
        }
        return new Parts(parts);
    }

    static byte[] orEmpty(byte @Nullable [] bytes) {
        return bytes == null ? NO_BYTES : bytes;
    }
}
