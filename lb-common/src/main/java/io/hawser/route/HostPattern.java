package io.hawser.route;

import java.util.Locale;

/**
 * A host name, or all names one label below it, as an operator writes them for SNI: {@code shop.example.com} or
 * {@code *.example.com}.
 *
 * <p>The wildcard is the one of certificates (RFC 9525 section 6.3): alone in the leftmost label, for exactly one
 * label. Names are compared as A-labels, without regard to case (RFC 6066 section 3).
 *
 * @param wildcard whether the name stands for those one label below it
 * @param name lower case, without trailing dot, without the {@code *.}
 */
public record HostPattern(boolean wildcard, String name) {

    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;

    public HostPattern {
        check(name);
        if (!name.equals(normal(name))) {
            throw new IllegalArgumentException("'" + name + "' is not in lower case, or ends with a dot");
        }
    }

    /**
     * Reads a host name or {@code *.} and a host name, in any case, with or without a trailing dot.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    public static HostPattern parse(String text) {
        boolean wildcard = text.startsWith("*.");
        return new HostPattern(wildcard, normal(wildcard ? text.substring(2) : text));
    }

    /** The form in which names are compared: lower case and without one trailing dot. */
    static String normal(String name) {
        String undotted = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return undotted.toLowerCase(Locale.ROOT);
    }

    private static void check(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the host name is empty; write shop.example.com or *.example.com");
        }
        if (name.length() > MAX_NAME) {
            throw new IllegalArgumentException(
                    "the host name has " + name.length() + " characters; DNS allows " + MAX_NAME);
        }
        for (String label : name.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > MAX_LABEL) {
                throw new IllegalArgumentException("'" + name + "' has a label of " + label.length()
                        + " characters; DNS allows 1 to " + MAX_LABEL);
            }
            label.chars().forEach(c -> checkCharacter(name, c));
        }
    }

    private static void checkCharacter(String name, int c) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        boolean fine = letter || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (fine) {
            return;
        }
        if (c == '*') {
            throw new IllegalArgumentException("in '" + name
                    + "' the '*' isn't the whole leftmost label; write *.example.com, or no sni for every name");
        }
        if (c > 127) {
            throw new IllegalArgumentException("'" + name
                    + "' has a character that TLS doesn't carry in names; write A-labels: xn--bcher-kva.example for"
                    + " bücher.example");
        }
        throw new IllegalArgumentException("'" + name + "' has the character '" + Character.toString(c)
                + "', which host names don't have; only letters, digits, '-', '_' and '.' are");
    }

    @Override
    public String toString() {
        return wildcard ? "*." + name : name;
    }
}
