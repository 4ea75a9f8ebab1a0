package io.hawser.tls;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A list of 16-bit code points as TLS registers them (versions, groups, cipher suites), in the peer's order, with the
 * reserved GREASE values (RFC 8701) that the peer put in.
 */
public final class CodePoints {

    static final CodePoints NONE = new CodePoints(new char[0]);

    private final char[] values;

    /** Takes the array over: the caller keeps no hold of it. */
    CodePoints(char[] values) {
        this.values = values;
    }

    /** Whether the value is one that peers send only to see that it is ignored (RFC 8701 section 2). */
    public static boolean isGrease(int codePoint) {
        return (codePoint & 0x0f0f) == 0x0a0a && codePoint >> 8 == (codePoint & 0xff);
    }

    public int size() {
        return values.length;
    }

    /**
     * The code point at a place in the list, 0 to 65535.
     *
     * @throws IndexOutOfBoundsException when the index is negative or not below {@link #size()}
     */
    public int get(int index) {
        return values[index];
    }

    public boolean contains(int codePoint) {
        for (char value : values) {
            if (value == codePoint) {
                return true;
            }
        }
        return false;
    }

    public IntStream stream() {
        return IntStream.range(0, values.length).map(i -> values[i]);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePoints that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    /** The values in hexadecimal: {@code [0x1301, 0x1302]}. */
    @Override
    public String toString() {
        return stream().mapToObj("0x%04x"::formatted).collect(Collectors.joining(", ", "[", "]"));
    }
}
