package io.hawser.net;

import java.net.IDN;
import java.util.Locale;

/**
 * Host names in the one form in which they compare byte by byte: lower case, no trailing dot, IDNs as A-labels.
 *
 * <p>Underscores are let through, which names in use have though RFC 952 does not.
 */
public final class HostName {

    private static final int MAX_LENGTH = 253;
    private static final int MAX_LABEL_LENGTH = 63;

    private HostName() {}

    /**
     * The name in its comparable form.
     *
     * @throws IllegalArgumentException saying why the text is not a host name; an address literal is none
     */
    public static String normalize(String text) {
        if (IpAddress.tryParse(text) != null) {
            throw new IllegalArgumentException("'" + text + "' is an address, not a host name");
        }
        String name = toAscii(text).toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' is not a host name: it is empty");
        }
        if (name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("'" + text + "' is not a host name: it is longer than " + MAX_LENGTH);
        }
        String[] labels = name.split("\\.", -1);
        for (String label : labels) {
            checkLabel(text, label);
        }
        if (isNumber(labels[labels.length - 1])) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a host name, as its last label is a number, nor an address");
        }
        return name;
    }

    /**
     * A name, or a name after {@code *.}, in its comparable form. The asterisk stands for exactly one label, as in
     * certificates (RFC 6125 section 6.4.3).
     *
     * @throws IllegalArgumentException saying why the text is neither
     */
    public static String normalizePattern(String text) {
        String name = text.startsWith("*.") ? text.substring(2) : text;
        if (name.isEmpty() || name.indexOf('*') >= 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a name or wildcard; '*' may only be the whole first label: *.example.com");
        }
        return name.equals(text) ? normalize(name) : "*." + normalize(name);
    }

    private static String toAscii(String text) {
        if (text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        try {
            return IDN.toASCII(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not a host name: " + e.getMessage(), e);
        }
    }

    private static void checkLabel(String text, String label) {
        if (label.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' is not a host name: a label between dots is empty");
        }
        if (label.length() > MAX_LABEL_LENGTH) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a host name: a label is longer than " + MAX_LABEL_LENGTH);
        }
        if (label.startsWith("-") || label.endsWith("-")) {
            throw new IllegalArgumentException("'" + text + "' is not a host name: a label begins or ends with '-'");
        }
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            if (!allowed) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a host name: '" + c + "' is not allowed in it");
            }
        }
    }

    private static boolean isNumber(String label) {
        return label.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
