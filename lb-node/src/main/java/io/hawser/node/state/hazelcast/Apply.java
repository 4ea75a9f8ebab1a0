package io.hawser.node.state.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.hawser.affinity.AffinitySegment;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes entries into segments, but for what was cleared meanwhile: the latest use of each key wins. */
final class Apply extends SegmentTask<@Nullable Void> {

    private static final long serialVersionUID = 1;

    private transient String pool = "";
    private transient Parts parts = Parts.none();

    Apply() {}

    Apply(String pool, Parts parts, AffinitySegment.Limits limits) {
        super(limits);
        this.pool = pool;
        this.parts = parts;
    }

    @Override
    public @Nullable Void process(Map.Entry<Integer, AffinitySegment> at) {
        long now = context().nowMillis();
        AffinitySegment segment = at.getValue();
        if (segment == null) {
            segment = context().newSegment();
        }
        segment.merge(parts.of(at.getKey(), now), context().clearings(pool), limits(), now);
        at.setValue(segment);
        return null;
    }

    @Override
    public int getClassId() {
        return DataTypes.APPLY;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        super.writeData(out);
        out.writeString(pool);
        parts.write(out);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        super.readData(in);
        String name = in.readString();
        if (name == null) {
            throw new IOException("entries without a pool");
        }
        pool = name;
        parts = Parts.read(in);
    }
}
