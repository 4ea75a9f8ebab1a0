package io.hawser.node.state.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.hawser.affinity.AffinitySegment;
import org.jspecify.annotations.Nullable;

/** Joins what the two halves of a cluster knew when they meet again: entry by entry, the latest use wins. */
final class LatestUseWins
        implements SplitBrainMergePolicy<AffinitySegment, MergingValue<AffinitySegment>, AffinitySegment>,
                IdentifiedDataSerializable,
                HazelcastInstanceAware {

    private @Nullable LocalContext context;

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        context = LocalContext.of(instance);
    }

    @Override
    public @Nullable AffinitySegment merge(
            MergingValue<AffinitySegment> merging, MergingValue<AffinitySegment> existing) {
        AffinitySegment theirs = merging.getDeserializedValue();
        AffinitySegment ours = existing == null ? null : existing.getDeserializedValue();
        LocalContext here = context;
        if (ours == null || theirs == null || here == null) {
            return ours == null ? theirs : ours;
        }
        return SegmentSerializer.union(ours, theirs, here);
    }

    @Override
    public int getFactoryId() {
        return DataTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return DataTypes.MERGE_POLICY;
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // It has no state.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // It has no state.
    }
}
