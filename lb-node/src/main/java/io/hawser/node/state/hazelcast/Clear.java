package io.hawser.node.state.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.hawser.affinity.AffinitySegment;
import io.hawser.affinity.Clearing;
import java.io.IOException;
import java.util.Map;

/** Clears segments; answers how many entries that were. */
final class Clear extends SegmentTask<Integer> {

    private static final long serialVersionUID = 1;

    private transient Clearing clearing = new Clearing(0, null, "");

    Clear() {}

    Clear(Clearing clearing) {
        super(new AffinitySegment.Limits(Long.MAX_VALUE / 4, Integer.MAX_VALUE));
        this.clearing = clearing;
    }

    @Override
    public Integer process(Map.Entry<Integer, AffinitySegment> at) {
        AffinitySegment segment = at.getValue();
        if (segment == null) {
            return 0;
        }
        int forgotten = segment.clear(clearing);
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
        ClearingCodec.write(clearing, out);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        super.readData(in);
        clearing = ClearingCodec.read(in);
    }
}
