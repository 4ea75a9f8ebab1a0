package io.hawser.node.state.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.hawser.affinity.AffinityCodec;
import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinitySegment;
import io.hawser.affinity.AffinityTable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Ties a key that nobody knows to a backend; answers the backend that it is tied to. */
final class Claim extends SegmentTask<String> {

    private static final long serialVersionUID = 1;

    private transient byte[] entry = {};

    Claim() {}

    Claim(AffinityKey key, String backend, AffinitySegment.Limits limits) {
        super(limits);
        entry = AffinityCodec.encode(List.of(new AffinityTable.Entry(key, backend, 0)), 0);
    }

    @Override
    public String process(Map.Entry<Integer, AffinitySegment> at) {
        long now = context().nowMillis();
        AffinityTable.Entry claimed = AffinityCodec.decode(entry, now).get(0);
        AffinitySegment segment = at.getValue();
        if (segment == null) {
            segment = context().newSegment();
        }
        String owner = segment.claim(claimed.key(), claimed.backend(), limits(), now);
        at.setValue(segment);
        return owner;
    }

    @Override
    public int getClassId() {
        return DataTypes.CLAIM;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        super.writeData(out);
        out.writeByteArray(entry);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        super.readData(in);
        entry = Parts.orEmpty(in.readByteArray());
    }
}
