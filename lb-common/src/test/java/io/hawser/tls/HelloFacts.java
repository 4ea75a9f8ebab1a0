package io.hawser.tls;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that a hello says, but for how TLS and TCP cut it: two readings of one message must be equal in it. */
record HelloFacts(
        @Nullable String serverName,
        List<String> alpn,
        int legacyVersion,
        int highestVersion,
        CodePoints supportedVersions,
        CodePoints cipherSuites,
        CodePoints extensions,
        CodePoints signatureAlgorithms,
        CodePoints supportedGroups,
        CodePoints keyShareGroups,
        String sessionId,
        String sessionTicket,
        List<PskIdentity> pskIdentities,
        boolean offersPsk,
        boolean offersEarlyData,
        boolean offersEch,
        int sizeInBytes) {

    static HelloFacts of(ClientHello hello) {
        return new HelloFacts(
                hello.serverName(),
                hello.alpn(),
                hello.legacyVersion(),
                hello.highestVersion(),
                hello.supportedVersions(),
                hello.cipherSuites(),
                hello.extensions(),
                hello.signatureAlgorithms(),
                hello.supportedGroups(),
                hello.keyShareGroups(),
                HexFormat.of().formatHex(hello.sessionId()),
                HexFormat.of().formatHex(hello.sessionTicket()),
                hello.pskIdentities(),
                hello.offersPsk(),
                hello.offersEarlyData(),
                hello.offersEch(),
                hello.sizeInBytes());
    }
}
