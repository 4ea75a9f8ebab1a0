package io.hawser.affinity;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Entries that one node tells others of.
 *
 * @param known what it had heard of clearings before it looked for the entries
 */
public record AffinityBatch(List<AffinityTable.Entry> entries, KnownClearings known) {

    public AffinityBatch {
        entries = List.copyOf(entries);
    }

    /**
     * Packs it: the number of clearings as i32, the id of each as i64, the time of listening in milliseconds as i64, and the
     * entries as by {@link AffinityCodec}.
     *
     * @param nowMillis on the clock of the entries' times
     */
    public byte[] encode(long nowMillis) {
        byte[] packed = AffinityCodec.encode(entries, nowMillis);
        ByteBuffer out =
                ByteBuffer.allocate(Integer.BYTES + Long.BYTES * (known.ids().size() + 1) + packed.length);
        out.putInt(known.ids().size());
        known.ids().forEach(out::putLong);
        return out.putLong(known.listeningMillis()).put(packed).array();
    }

    /**
     * Unpacks it.
     *
     * @param nowMillis on the clock that the entries' times shall be of
     * @throws IllegalArgumentException when the bytes are none that this version understands
     */
    public static AffinityBatch decode(byte[] packed, long nowMillis) {
        ByteBuffer in = ByteBuffer.wrap(packed);
        try {
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / Long.BYTES) {
                throw new IllegalArgumentException("affinity entries are cut off");
            }
            Set<Long> ids = new HashSet<>();
            for (int i = 0; i < count; i++) {
                ids.add(in.getLong());
            }
            long listening = in.getLong();
            byte[] entries = new byte[in.remaining()];
            in.get(entries);
            return new AffinityBatch(AffinityCodec.decode(entries, nowMillis), new KnownClearings(ids, listening));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("affinity entries are damaged", e);
        }
    }
}
