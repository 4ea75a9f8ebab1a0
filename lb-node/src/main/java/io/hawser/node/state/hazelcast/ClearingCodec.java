package io.hawser.node.state.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.hawser.affinity.AffinityCodec;
import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityTable;
import io.hawser.affinity.Clearing;
import java.io.IOException;
import java.util.List;

/** Clearings in messages between members: the id, the key in an entry of its own (empty for none), the backend. */
final class ClearingCodec {

    private ClearingCodec() {}

    static void write(Clearing clearing, ObjectDataOutput out) throws IOException {
        out.writeLong(clearing.id());
        AffinityKey key = clearing.key();
        out.writeByteArray(
                key == null ? new byte[0] : AffinityCodec.encode(List.of(new AffinityTable.Entry(key, "", 0)), 0));
        out.writeString(clearing.backend());
    }

    static Clearing read(ObjectDataInput in) throws IOException {
        long id = in.readLong();
        byte[] packed = Parts.orEmpty(in.readByteArray());
        AffinityKey key = packed.length == 0
                ? null
                : AffinityCodec.decode(packed, 0).get(0).key();
        return new Clearing(id, key, in.readString());
    }
}
