package io.hawser.affinity;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Entries as nodes send them to each other: packed, and with ages in place of times, so that no node needs to believe
 * another one's clock.
 *
 * <p>Layout, big endian: version 1 as u8; the number of backends as u16 and the name of each (u16 length, UTF-8); the number of entries as i32 and of each the kind's code as u8, the key's two words as i64, the backend's index
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
        List<byte[]> texts = new ArrayList<>();
        int length = 1 + Short.BYTES + Integer.BYTES + ENTRY_BYTES * entries.size();
        for (String name : names) {
            byte[] text = name.getBytes(StandardCharsets.UTF_8);
            texts.add(text);
            length += Short.BYTES + text.length;
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        out.put((byte) VERSION).putShort((short) names.size());
        for (byte[] text : texts) {
            out.putShort((short) text.length).put(text);
        }
        out.putInt(entries.size());
        for (AffinityTable.Entry entry : entries) {
            long age = Math.min(MAX_AGE, Math.max(0, nowMillis - entry.lastUsedMillis()));
            out.put(entry.key().kind().code())
                    .putLong(entry.key().high())
                    .putLong(entry.key().low())
                    .putShort((short) (int) indexes.getOrDefault(entry.backend(), 0))
                    .putInt((int) age);
        }
        return out.array();
    }

    /**
     * Unpacks entries.
     *
     * @param nowMillis on the clock that the entries' times shall be of
     * @throws IllegalArgumentException when the bytes are none that this version understands
     */
    public static List<AffinityTable.Entry> decode(byte[] packed, long nowMillis) {
        ByteBuffer in = ByteBuffer.wrap(packed);
        try {
            int version = Byte.toUnsignedInt(in.get());
            if (version != VERSION) {
                throw new IllegalArgumentException("affinity entries of version " + version
                        + ", which this node does not understand; it understands " + VERSION);
            }
            String[] names = new String[Short.toUnsignedInt(in.getShort())];
            for (int i = 0; i < names.length; i++) {
                int length = Short.toUnsignedInt(in.getShort());
                if (length > in.remaining()) {
                    throw new IllegalArgumentException("affinity entries are cut off");
                }
                byte[] text = new byte[length];
                in.get(text);
                names[i] = new String(text, StandardCharsets.UTF_8);
            }
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / ENTRY_BYTES) {
                throw new IllegalArgumentException("affinity entries are cut off");
            }
            List<AffinityTable.Entry> entries = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                AffinityKey.Kind kind = AffinityKey.Kind.ofCode(Byte.toUnsignedInt(in.get()));
                AffinityKey key = new AffinityKey(kind, in.getLong(), in.getLong());
                String backend = names[Short.toUnsignedInt(in.getShort())];
                long age = Integer.toUnsignedLong(in.getInt());
                entries.add(new AffinityTable.Entry(key, backend, nowMillis - age));
            }
            return entries;
        } catch (BufferUnderflowException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("affinity entries are damaged", e);
        }
    }
}
