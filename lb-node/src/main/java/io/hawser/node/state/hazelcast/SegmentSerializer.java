package io.hawser.node.state.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.hawser.affinity.AffinityCodec;
import io.hawser.affinity.AffinitySegment;
import io.hawser.affinity.AffinityTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Moves segments between members. */
final class SegmentSerializer implements StreamSerializer<AffinitySegment> {

    /** Above every time to live: what has expired is sorted out where it arrives. */
    private static final long FOREVER = Long.MAX_VALUE / 4;

    private static final AffinitySegment.Limits NO_LIMITS = new AffinitySegment.Limits(FOREVER, Integer.MAX_VALUE);

    private final LocalContext context;

    SegmentSerializer(LocalContext context) {
        this.context = context;
    }

    @Override
    public int getTypeId() {
        return DataTypes.SEGMENT;
    }

    @Override
    public void write(ObjectDataOutput out, AffinitySegment segment) throws IOException {
        out.writeByteArray(encode(segment, context.nowMillis()));
    }

    @Override
    public AffinitySegment read(ObjectDataInput in) throws IOException {
        byte[] packed = in.readByteArray();
        if (packed == null) {
            throw new IOException("a segment of an affinity table is missing");
        }
        long now = context.nowMillis();
        AffinitySegment segment = context.newSegment();
        segment.merge(AffinityCodec.decode(packed, now), NO_LIMITS, now);
        return segment;
    }

    /** The entries, the one used longest ago first, which is the order in which they are quickly taken in. */
    static byte[] encode(AffinitySegment segment, long nowMillis) {
        List<AffinityTable.Entry> entries = new ArrayList<>(segment.entries(FOREVER, nowMillis));
        Collections.reverse(entries);
        return AffinityCodec.encode(entries, nowMillis);
    }

    /** Both segments in one; neither is changed. */
    static AffinitySegment union(AffinitySegment one, AffinitySegment other, LocalContext context) {
        long now = context.nowMillis();
        AffinitySegment union = context.newSegment();
        union.merge(AffinityCodec.decode(encode(one, now), now), NO_LIMITS, now);
        union.merge(AffinityCodec.decode(encode(other, now), now), NO_LIMITS, now);
        return union;
    }
}
