package io.hawser.proxyprotocol;

import org.jspecify.annotations.Nullable;

/**
 * What a proxy tells the next hop of the connection that it carries.
 *
 * @param source where the client connected from; null when the proxy speaks for itself (LOCAL, such as a health check)
 *     or cannot tell (UNKNOWN, UNSPEC, a Unix socket): the connection's own addresses then hold
 * @param destination where the client connected to; null exactly when {@code source} is
 * @param authority the host name the client asked for, in TLS its SNI; null when not told
 * @param alpn the application protocol, one character (0 to 255) for each of its bytes; null when not told
 * @param uniqueId what the proxy calls the connection, 1 to 128 bytes, one character (0 to 255) for each; null when not
 *     told
 */
public record ProxyHeader(
        @Nullable TransportAddress source,
        @Nullable TransportAddress destination,
        @Nullable String authority,
        @Nullable String alpn,
        @Nullable String uniqueId) {

    /** The longest unique id, in bytes (PROXY protocol 2.2.5). */
    public static final int MAX_UNIQUE_ID = 128;

    /** A header that tells nothing. */
    public static final ProxyHeader LOCAL = new ProxyHeader(null, null);

    public ProxyHeader {
        if ((source == null) != (destination == null)) {
            throw new IllegalArgumentException("a header has both a source and a destination, or neither");
        }
        requireBytes("ALPN", alpn);
        requireBytes("unique id", uniqueId);
        if (uniqueId != null && (uniqueId.isEmpty() || uniqueId.length() > MAX_UNIQUE_ID)) {
            throw new IllegalArgumentException(
                    "a unique id has 1 to " + MAX_UNIQUE_ID + " bytes, not " + uniqueId.length());
        }
    }

    /** A header that tells the addresses alone. */
    public ProxyHeader(@Nullable TransportAddress source, @Nullable TransportAddress destination) {
        this(source, destination, null, null, null);
    }

    private static void requireBytes(String name, @Nullable String text) {
        if (text != null && text.chars().anyMatch(c -> c > 0xff)) {
            throw new IllegalArgumentException(name + " has a character that is not a byte");
        }
    }
}
