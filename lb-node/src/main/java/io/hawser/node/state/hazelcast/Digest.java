package io.hawser.node.state.hazelcast;

import io.hawser.affinity.AffinitySegment;
import java.util.Map;

/** Drops what has expired, and answers the digests of a segment's buckets, by which a copy of it is compared. */
final class Digest extends SegmentTask<long[]> {

    private static final long serialVersionUID = 1;

    Digest() {}

    Digest(AffinitySegment.Limits limits) {
        super(limits);
    }

    @Override
    public long[] process(Map.Entry<Integer, AffinitySegment> at) {
        AffinitySegment segment = at.getValue();
        if (segment == null) {
            return new long[AffinitySegment.BUCKETS];
        }
        long now = context().nowMillis();
        segment.expire(limits().ttlMillis(), now);
        at.setValue(segment);
        return segment.digests(limits().ttlMillis(), now);
    }

    @Override
    public int getClassId() {
        return DataTypes.DIGEST;
    }
}
