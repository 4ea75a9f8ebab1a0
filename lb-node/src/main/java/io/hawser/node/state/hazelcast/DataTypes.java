package io.hawser.node.state.hazelcast;

import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;

/** The numbers of our own types in messages between members; they never change, and a new type gets a new one. */
final class DataTypes implements DataSerializableFactory {

    static final int FACTORY = 7381;

    static final int CLAIM = 1;
    static final int APPLY = 2;
    static final int DIGEST = 3;
    static final int FETCH = 4;
    static final int CLEAR = 5;
    static final int MERGE_POLICY = 6;
    static final int FORGET = 7;

    /** Of the {@link SegmentSerializer}, among Hazelcast's type ids. */
    static final int SEGMENT = 7381;

    @Override
    public IdentifiedDataSerializable create(int type) {
        return switch (type) {
            case CLAIM -> new Claim();
            case APPLY -> new Apply();
            case DIGEST -> new Digest();
            case FETCH -> new Fetch();
            case CLEAR -> new Clear();
            case MERGE_POLICY -> new LatestUseWins();
            case FORGET -> new Forget();
            default -> throw new IllegalArgumentException("type " + type + " is of a later version of Hawser");
        };
    }
}
