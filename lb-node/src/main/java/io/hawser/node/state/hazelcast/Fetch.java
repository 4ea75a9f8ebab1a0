package io.hawser.node.state.hazelcast;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.hawser.affinity.AffinitySegment;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Answers the entries of some buckets of segments as a packed batch, the one used longest ago first. */
final class Fetch extends SegmentTask<byte[]> implements ReadOnly {

    private static final long serialVersionUID = 1;

    /** By segment: a bit for each bucket that is wanted. */
    private transient Map<Integer, Long> buckets = Map.of();

    Fetch() {}

    Fetch(Map<Integer, Long> buckets, AffinitySegment.Limits limits) {
        super(limits);
        this.buckets = buckets;
    }

    @Override
    public byte[] process(Map.Entry<Integer, AffinitySegment> at) {
        long now = context().nowMillis();
        long wanted = buckets.getOrDefault(at.getKey(), 0L);
        AffinitySegment segment = at.getValue();
        return (segment == null ? context().newSegment() : segment)
                .read(bucket -> (wanted >>> bucket & 1) == 1, limits().ttlMillis(), now)
                .encode(now);
    }

    @Override
    public int getClassId() {
        return DataTypes.FETCH;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        super.writeData(out);
        out.writeInt(buckets.size());
        for (Map.Entry<Integer, Long> segment : buckets.entrySet()) {
            out.writeInt(segment.getKey());
            out.writeLong(segment.getValue());
        }
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        super.readData(in);
        int count = in.readInt();
        Map<Integer, Long> read = new HashMap<>();
        for (int i = 0; i < count; i++) {
            read.put(in.readInt(), in.readLong());
        }
        buckets = read;
    }
}
