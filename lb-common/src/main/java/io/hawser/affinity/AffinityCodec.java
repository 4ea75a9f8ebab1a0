package io.hawser.affinity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Entries as nodes send them to each other: packed, and with ages in place of times, so that no node needs to believe
 * another one's clock.
 *
 * <p>Layout, big endian: version 1 as u8; the number of backends as u16 and the name of each (u16 length, modified
 * UTF-8); the number of entries as i32 and of each the kind's code as u8, the key's two words as i64, the backend's index
 * as u16 and the age in milliseconds as u32, at most 49 days.
 */
public final class AffinityCodec {

    private static final int VERSION = 1;
    private static final long MAX_AGE = 0xffff_ffffL;
    private static final int MAX_BACKENDS = 0xffff;
    private static final int ENTRY_BYTES = 23;

    private AffinityCodec() {}

    /**
     * Packs entries.
     *
     * @param nowMillis on the clock of the entries' times
     * @throws IllegalArgumentException when they name more than 65535 backends
     */
    public static byte[] encode(List<AffinityTable.Entry> entries, long nowMillis) {
        Map<String, Integer> indexes = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (AffinityTable.Entry entry : entries) {
            if (indexes.putIfAbsent(entry.backend(), names.size()) == null) {
                names.add(entry.backend());
            }
        }
        if (names.size() > MAX_BACKENDS) {
            throw new IllegalArgumentException(names.size() + " backends are too many for one message");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + ENTRY_BYTES * entries.size());
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeShort(names.size());
            for (String name : names) {
                out.writeUTF(name);
            }
            out.writeInt(entries.size());
            for (AffinityTable.Entry entry : entries) {
                out.writeByte(entry.key().kind().code());
                out.writeLong(entry.key().high());
                out.writeLong(entry.key().low());
                out.writeShort(indexes.getOrDefault(entry.backend(), 0));
                out.writeInt((int) Math.min(MAX_AGE, Math.max(0, nowMillis - entry.lastUsedMillis())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Unpacks entries.
     *
     * @param nowMillis on the clock that the entries' times shall be of
     * @throws IllegalArgumentException when the bytes are none that this version understands
     */
    public static List<AffinityTable.Entry> decode(byte[] packed, long nowMillis) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("affinity entries of version " + version
                        + ", which this node does not understand; it understands " + VERSION);
            }
            String[] names = new String[in.readUnsignedShort()];
            for (int i = 0; i < names.length; i++) {
                names[i] = in.readUTF();
            }
            int count = in.readInt();
            if (count < 0 || count > in.available() / ENTRY_BYTES) {
                throw new IllegalArgumentException("affinity entries are cut off");
            }
            List<AffinityTable.Entry> entries = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                AffinityKey.Kind kind = AffinityKey.Kind.ofCode(in.readUnsignedByte());
                AffinityKey key = new AffinityKey(kind, in.readLong(), in.readLong());
                String backend = names[in.readUnsignedShort()];
                long age = Integer.toUnsignedLong(in.readInt());
                entries.add(new AffinityTable.Entry(key, backend, nowMillis - age));
            }
            return entries;
        } catch (IOException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("affinity entries are damaged", e);
        }
    }
}
