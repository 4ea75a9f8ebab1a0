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
import org.jspecify.annotations.Nullable;

/** Forgets one key, all that is tied to one backend, or everything; answers how many entries that were. */
final class Clear extends SegmentTask<Integer> {

    private static final long serialVersionUID = 1;

    /** The key in an entry of its own; empty when not one key is meant. */
    private transient byte[] key = {};

    private transient @Nullable String backend;

    Clear() {}

    private Clear(byte[] key, @Nullable String backend) {
        super(new AffinitySegment.Limits(Long.MAX_VALUE / 4, Integer.MAX_VALUE));
        this.key = key;
        this.backend = backend;
    }

    static Clear of(AffinityKey key) {
        return new Clear(AffinityCodec.encode(List.of(new AffinityTable.Entry(key, "", 0)), 0), null);
    }

    /** All that is tied to the backend; everything when it is null. */
    static Clear of(@Nullable String backend) {
        return new Clear(new byte[0], backend);
    }

    @Override
    public Integer process(Map.Entry<Integer, AffinitySegment> at) {
        AffinitySegment segment = at.getValue();
        if (segment == null) {
            return 0;
        }
        int forgotten;
        if (key.length > 0) {
            forgotten = segment.forget(AffinityCodec.decode(key, 0).get(0).key()) ? 1 : 0;
        } else {
            forgotten = segment.clear(backend);
        }
        at.setValue(segment);
        return forgotten;
    }

    @Override
    public int getClassId() {
        return DataTypes.CLEAR;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        super.writeData(out);
        out.writeByteArray(key);
        out.writeString(backend);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        super.readData(in);
        key = Parts.orEmpty(in.readByteArray());
        backend = in.readString();
    }
}
