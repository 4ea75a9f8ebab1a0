package io.hawser.net;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Addresses as text: read strictly (RFC 4291 section 2.2), and written in the one form of RFC 5952.
 *
 * <p>Java's own reader asks a name server about texts that it doesn't take for an address, and takes more than others
 * do: IPv4 numbers with leading zeros, which some read as octal, IPv6 groups of any length, zones.
 */
final class IpLiteral {

    private static final int GROUPS = 8;
    private static final int NO_GAP = -1;

    private final String text;
    private final int[] groups = new int[GROUPS];
    private int count;
    /** How many groups stand before the {@code ::}. */
    private int gap = NO_GAP;

    private IpLiteral(String text) {
        this.text = text;
    }

    /** The address, or null when the text is none. */
    static @Nullable IpAddress read(String text) {
        if (text.indexOf(':') < 0) {
            long quad = quad(text);
            return quad < 0 ? null : IpAddress.ofV4((int) quad);
        }
        IpLiteral literal = new IpLiteral(text);
        return literal.readGroups() ? literal.address() : null;
    }

    private boolean readGroups() {
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            int colon = text.indexOf(':', at);
            int end = colon < 0 ? text.length() : colon;
            if (!readGroup(text.substring(at, end), colon < 0)) {
                return false;
            }
            if (colon < 0) {
                break;
            }
            at = colon + 1;
            if (at == text.length()) {
                return false;
            }
            if (text.charAt(at) == ':') {
                if (gap != NO_GAP) {
                    return false;
                }
                gap = count;
                at++;
            }
        }
        return gap == NO_GAP ? count == GROUPS : count < GROUPS;
    }

    /** Reads one group, or where it is the last two as an IPv4 address. */
    private boolean readGroup(String group, boolean last) {
        if (last && group.indexOf('.') >= 0) {
            long quad = quad(group);
            return quad >= 0 && append((int) (quad >> 16)) && append((int) quad & 0xffff);
        }
        if (group.isEmpty() || group.length() > 4) {
            return false;
        }
        int value = 0;
        for (int i = 0; i < group.length(); i++) {
            char c = group.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return false;
            }
            value = value << 4 | digit;
        }
        return append(value);
    }

    private boolean append(int group) {
        if (count == GROUPS) {
            return false;
        }
        groups[count++] = group;
        return true;
    }

    private IpAddress address() {
        if (gap != NO_GAP) {
            int end = GROUPS - (count - gap);
            System.arraycopy(groups, gap, groups, end, count - gap);
            Arrays.fill(groups, gap, end, 0);
        }
        return new IpAddress(word(0), word(GROUPS / 2));
    }

    private long word(int from) {
        long word = 0;
        for (int i = from; i < from + GROUPS / 2; i++) {
            word = word << 16 | groups[i];
        }
        return word;
    }

    /** Four numbers with dots between them as 32 bits, or a negative number. */
    private static long quad(String text) {
        long quad = 0;
        int number = -1;
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && number >= 0) {
                quad = quad << 8 | number;
                number = -1;
                dots++;
            } else if (c >= '0' && c <= '9' && number != 0) {
                number = Math.max(number, 0) * 10 + (c - '0');
            } else {
                return -1;
            }
            if (number > 255 || dots > 3) {
                return -1;
            }
        }
        return dots == 3 && number >= 0 ? quad << 8 | number : -1;
    }

    /** Writes an address in its canonical form: dotted if it is IPv4, else the longest row of zeros as {@code ::}. */
    static String write(IpAddress address) {
        return address.isV4() ? writeQuad((int) address.low()) : writeGroups(address);
    }

    private static String writeQuad(int quad) {
        return (quad >>> 24) + "." + (quad >>> 16 & 0xff) + "." + (quad >>> 8 & 0xff) + "." + (quad & 0xff);
    }

    private static String writeGroups(IpAddress address) {
        // A single zero is written out.
        int longest = 1;
        int from = GROUPS;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = 0;
            while (i + zeros < GROUPS && group(address, i + zeros) == 0) {
                zeros++;
            }
            if (zeros > longest) {
                longest = zeros;
                from = i;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == from) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(i == 0 || i == from + longest ? "" : ":").append(Integer.toHexString(group(address, i)));
            }
        }
        return text.toString();
    }

    private static int group(IpAddress address, int index) {
        long word = index < GROUPS / 2 ? address.high() : address.low();
        return (int) (word >>> (48 - index % (GROUPS / 2) * 16)) & 0xffff;
    }
}
