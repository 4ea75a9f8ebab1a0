package io.hawser.hash;

import java.nio.charset.StandardCharsets;

/**
 * 64-bit hashes that are equal on every node, every Java and every run; not for secrets.
 *
 * <p>Text and bytes are hashed with XXH64; words are mixed with the finalizer of SplitMix64, which is a bijection, so
 * that different words never collide.
 */
public final class Hash64 {

    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;

    private Hash64() {}

    /** XXH64 of the text's UTF-8 form. */
    public static long of(String text, long seed) {
        return of(text.getBytes(StandardCharsets.UTF_8), seed);
    }

    /** XXH64 of the bytes. */
    public static long of(byte[] bytes, long seed) {
        int at = 0;
        long hash;
        if (bytes.length >= 32) {
            long a = seed + PRIME_1 + PRIME_2;
            long b = seed + PRIME_2;
            long c = seed;
            long d = seed - PRIME_1;
            for (; at <= bytes.length - 32; at += 32) {
                a = round(a, word(bytes, at, 8));
                b = round(b, word(bytes, at + 8, 8));
                c = round(c, word(bytes, at + 16, 8));
                d = round(d, word(bytes, at + 24, 8));
            }
            hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
            hash = merge(merge(merge(merge(hash, a), b), c), d);
        } else {
            hash = seed + PRIME_5;
        }
        hash += bytes.length;
        for (; at <= bytes.length - 8; at += 8) {
            hash = Long.rotateLeft(hash ^ round(0, word(bytes, at, 8)), 27) * PRIME_1 + PRIME_4;
        }
        if (at <= bytes.length - 4) {
            hash = Long.rotateLeft(hash ^ word(bytes, at, 4) * PRIME_1, 23) * PRIME_2 + PRIME_3;
            at += 4;
        }
        for (; at < bytes.length; at++) {
            hash = Long.rotateLeft(hash ^ (bytes[at] & 0xff) * PRIME_5, 11) * PRIME_1;
        }
        hash = (hash ^ hash >>> 33) * PRIME_2;
        hash = (hash ^ hash >>> 29) * PRIME_3;
        return hash ^ hash >>> 32;
    }

    /** Spreads a word over all 64 bits. */
    public static long mix(long word) {
        long mixed = word + PRIME_1;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /** Spreads two words over 64 bits; the order matters. */
    public static long mix(long first, long second) {
        return mix(mix(first) + second);
    }

    private static long round(long sum, long word) {
        return Long.rotateLeft(sum + word * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(long hash, long sum) {
        return (hash ^ round(0, sum)) * PRIME_1 + PRIME_4;
    }

    private static long word(byte[] bytes, int at, int length) {
        long word = 0;
        for (int i = length - 1; i >= 0; i--) {
            word = word << 8 | (bytes[at + i] & 0xff);
        }
        return word;
    }
}
