package io.hawser.tls;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of itself in the clear before anything is encrypted (RFC 8446 section 4.1.2).
 *
 * <p>Immutable and independent of the buffer it was read from; safe for any thread. A hello exists only when all of it
 * is well-formed, so two correct readers agree on every value here. Arrays are copies.
 */
public final class ClientHello {

    private final int legacyVersion;
    private final byte[] sessionId;
    private final byte[] sessionTicket;
    private final byte[] pskIdentities;
    private final @Nullable String serverName;
    private final List<String> alpn;
    private final CodePoints cipherSuites;
    private final CodePoints extensions;
    private final CodePoints signatureAlgorithms;
    private final CodePoints supportedVersions;
    private final CodePoints supportedGroups;
    private final CodePoints keyShareGroups;
    private final int sizeInBytes;
    private final int wireBytes;
    private final int recordCount;

    /** Computed when first asked for; a race computes it twice, to the same value. */
    private @Nullable String ja4;

    ClientHello(ClientHelloParser parsed, int wireBytes, int recordCount) {
        this.legacyVersion = parsed.legacyVersion;
        this.sessionId = parsed.sessionId;
        this.sessionTicket = parsed.sessionTicket;
        this.pskIdentities = parsed.pskIdentities;
        this.serverName = parsed.serverName;
        this.alpn = parsed.alpn;
        this.cipherSuites = parsed.cipherSuites;
        this.extensions = parsed.sortedExtensions();
        this.signatureAlgorithms = parsed.signatureAlgorithms;
        this.supportedVersions = parsed.supportedVersions;
        this.supportedGroups = parsed.supportedGroups;
        this.keyShareGroups = parsed.keyShareGroups;
        this.sizeInBytes = parsed.sizeInBytes;
        this.wireBytes = wireBytes;
        this.recordCount = recordCount;
    }

    /**
     * The host name that the client asks for (SNI, RFC 6066 section 3), in lower case, without a trailing dot, of
     * letters, digits, hyphens, underscores and dots; null when it names none, or gives an address literal, which the
     * RFC does not permit. Under {@linkplain #offersEch() ECH} it is the public name.
     */
    public @Nullable String serverName() {
        return serverName;
    }

    /**
     * The application protocols offered (ALPN, RFC 7301), the most wanted first; empty when none. Each byte of a name
     * is one character: names need not be text, so escape them before they reach a log.
     */
    public List<String> alpn() {
        return alpn;
    }

    /** legacy_version: the highest that TLS 1.2 and earlier negotiate, such as 0x0303. */
    public int legacyVersion() {
        return legacyVersion;
    }

    /** The versions offered in supported_versions, GREASE included; empty from clients of TLS 1.2 and earlier. */
    public CodePoints supportedVersions() {
        return supportedVersions;
    }

    /** The highest version offered, such as 0x0304 for TLS 1.3: by supported_versions, or else legacy_version. */
    public int highestVersion() {
        return supportedVersions.stream()
                .filter(version -> !CodePoints.isGrease(version))
                .max()
                .orElse(legacyVersion);
    }

    /** The cipher suites offered, GREASE included; never empty. */
    public CodePoints cipherSuites() {
        return cipherSuites;
    }

    /** The types of the extensions, in ascending order, GREASE included. */
    public CodePoints extensions() {
        return extensions;
    }

    public CodePoints signatureAlgorithms() {
        return signatureAlgorithms;
    }

    public CodePoints supportedGroups() {
        return supportedGroups;
    }

    /** The groups that the client sent a key for. */
    public CodePoints keyShareGroups() {
        return keyShareGroups;
    }

    /**
     * legacy_session_id, 0 to 32 bytes: in TLS 1.2 the session to resume, in TLS 1.3 most often random, and which it is
     * does not show.
     */
    public byte[] sessionId() {
        return sessionId.clone();
    }

    /** The TLS 1.2 ticket that the client resumes with (RFC 5077); empty when it has none, even if it takes tickets. */
    public byte[] sessionTicket() {
        return sessionTicket.clone();
    }

    /** The TLS 1.3 pre-shared keys offered, each with its binder; empty when none. Decodes on each call. */
    public List<PskIdentity> pskIdentities() {
        if (pskIdentities.length == 0) {
            return List.of();
        }
        List<PskIdentity> identities = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(pskIdentities);
        while (bytes.hasRemaining()) {
            byte[] identity = new byte[Short.toUnsignedInt(bytes.getShort())];
            bytes.get(identity);
            identities.add(new PskIdentity(identity, Integer.toUnsignedLong(bytes.getInt())));
        }
        return List.copyOf(identities);
    }

    /** Whether the client offers TLS 1.3 pre-shared keys. A binder for each is then there (RFC 8446, 4.2.11.2). */
    public boolean offersPsk() {
        return pskIdentities.length > 0;
    }

    /** Whether 0-RTT data follows the hello (RFC 8446 section 4.2.10). */
    public boolean offersEarlyData() {
        return extensions.contains(ExtensionType.EARLY_DATA);
    }

    /**
     * Whether encrypted_client_hello is there (RFC 9849): real, or GREASE, which looks the same. When it is real, the
     * name and the protocols seen are the outer ones, and pre-shared keys are random bytes.
     */
    public boolean offersEch() {
        return extensions.contains(ExtensionType.ENCRYPTED_CLIENT_HELLO);
    }

    /** Length of the handshake message with its four-byte header. */
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /** Bytes from the connection's first to the hello's last, record headers included. */
    public int wireBytes() {
        return wireBytes;
    }

    /** The TLS records that the hello came in, 1 or more. */
    public int recordCount() {
        return recordCount;
    }

    /**
     * The JA4 fingerprint of the client's software, such as {@code t13d1516h2_8daaf6152771_e5627efa2ab1}; costs two
     * SHA-256 digests when first asked for. It differs between a first connection and a resumption.
     */
    public String ja4() {
        String known = ja4;
        if (known == null) {
            known = Ja4.of(this);
            ja4 = known;
        }
        return known;
    }

    /** Leaves out what resumes a session. */
    @Override
    public String toString() {
        return "ClientHello[serverName=" + serverName + ", alpn=" + alpn + ", " + sizeInBytes + " bytes]";
    }
}
