package io.hawser.node.state.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.hawser.affinity.Clearing;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Makes a node forget what is cleared of its copy of a table, and remember that it was; answers how many entries that were.
 * Once more for the same clearing it has no effect.
 */
final class Forget implements Callable<Integer>, IdentifiedDataSerializable, HazelcastInstanceAware {

    private @Nullable LocalContext context;
    private String pool = "";
    private Clearing clearing = new Clearing(0, null, "");

    Forget() {}

    Forget(String pool, Clearing clearing) {
        this.pool = pool;
        this.clearing = clearing;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        context = LocalContext.of(instance);
    }

    @Override
    public Integer call() {
        LocalContext here = context;
        if (here == null) {
            throw new IllegalStateException("this member has no context");
        }
        return here.clear(pool, clearing);
    }

    @Override
    public int getFactoryId() {
        return DataTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return DataTypes.FORGET;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeString(pool);
        ClearingCodec.write(clearing, out);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        String name = in.readString();
        if (name == null) {
            throw new IOException("a clearing without a pool");
        }
        pool = name;
        clearing = ClearingCodec.read(in);
    }
}
