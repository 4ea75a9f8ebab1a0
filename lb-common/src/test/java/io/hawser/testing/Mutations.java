package io.hawser.testing;

import java.util.Arrays;
import java.util.Random;

/** Breaks bytes a little, in the ways that find out who trusts a length. */
public final class Mutations {

    private static final byte[] TELLING = {0, 1, 2, 3, 4, 5, 31, 32, 33, 41, 43, 51, 63, 64, 127, -128, -2, -1};

    private Mutations() {}

    /** Something like the bytes, with one thing changed, put in, taken out, swapped or said twice. */
    public static byte[] mutate(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(bytes.length - at, 64));
        return switch (random.nextInt(8)) {
            case 0 -> with(bytes, at, (byte) random.nextInt());
            case 1 -> with(bytes, at, TELLING[random.nextInt(TELLING.length)]);
            case 2 -> with(bytes, at, (byte) (bytes[at] + 1 - 2 * random.nextInt(2)));
            case 3 -> with(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
            case 4 -> insert(bytes, at, at, at + length);
            case 5 -> insert(bytes, random.nextInt(bytes.length), at, at + length);
            case 6 -> remove(bytes, at, at + length);
            default -> Arrays.copyOf(bytes, at);
        };
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        byte[] changed = bytes.clone();
        changed[at] = value;
        return changed;
    }

    /** Puts a copy of the bytes between two places in at a third. */
    private static byte[] insert(byte[] bytes, int at, int from, int end) {
        byte[] changed = new byte[bytes.length + end - from];
        System.arraycopy(bytes, 0, changed, 0, at);
        System.arraycopy(bytes, from, changed, at, end - from);
        System.arraycopy(bytes, at, changed, at + end - from, bytes.length - at);
        return changed;
    }

    private static byte[] remove(byte[] bytes, int from, int end) {
        byte[] changed = Arrays.copyOf(bytes, bytes.length - (end - from));
        System.arraycopy(bytes, end, changed, from, bytes.length - end);
        return changed;
    }
}
