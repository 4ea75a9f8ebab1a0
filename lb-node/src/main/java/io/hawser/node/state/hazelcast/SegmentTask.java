package io.hawser.node.state.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.hawser.affinity.AffinitySegment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Something to do to a segment where its authoritative copy lives, one thing after another, and again on its backups.
 *
 * <p>Ages travel in it, not times: each member counts them back from its own clock.
 *
 * @param <R> what it answers
 */
abstract class SegmentTask<R>
        implements EntryProcessor<Integer, AffinitySegment, R>, IdentifiedDataSerializable, HazelcastInstanceAware {

    private static final long serialVersionUID = 1;

    private transient @Nullable LocalContext context;
    private transient long ttlMillis;
    private transient int maxEntries;

    SegmentTask() {}

    SegmentTask(AffinitySegment.Limits limits) {
        this.ttlMillis = limits.ttlMillis();
        this.maxEntries = limits.maxEntries();
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        context = LocalContext.of(instance);
    }

    LocalContext context() {
        LocalContext here = context;
        if (here == null) {
            throw new IllegalStateException("this member has no context for " + getClass());
        }
        return here;
    }

    AffinitySegment.Limits limits() {
        return new AffinitySegment.Limits(ttlMillis, maxEntries);
    }

    @Override
    public int getFactoryId() {
        return DataTypes.FACTORY;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(ttlMillis);
        out.writeInt(maxEntries);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        ttlMillis = in.readLong();
        maxEntries = in.readInt();
    }
}
