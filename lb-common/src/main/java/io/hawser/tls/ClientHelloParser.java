package io.hawser.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one whole ClientHello message (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2) in one pass, copying only what
 * {@link ClientHello} keeps.
 *
 * <p>Everything that decides a route or an affinity is read strictly: where two readers could differ, the hello is
 * malformed, so that no hello takes a route here that a server behind would read otherwise.
 */
final class ClientHelloParser {

    private static final byte[] NO_BYTES = {};
    private static final int HANDSHAKE_HEADER = 4;
    private static final int RANDOM = 32;
    private static final int MAX_SESSION_ID = 32;
    private static final int MIN_BINDER = 32;
    private static final int SSL_3_0 = 0x0300;

    private final Cursor cursor;
    private char[] extensions = new char[32];
    private int extensionCount;

    final int sizeInBytes;
    int legacyVersion;
    byte[] sessionId = NO_BYTES;
    CodePoints cipherSuites = CodePoints.NONE;
    CodePoints supportedGroups = CodePoints.NONE;
    CodePoints signatureAlgorithms = CodePoints.NONE;
    CodePoints supportedVersions = CodePoints.NONE;
    CodePoints keyShareGroups = CodePoints.NONE;

    @Nullable String serverName;

    List<String> alpn = List.of();
    byte[] sessionTicket = NO_BYTES;
    byte[] pskIdentities = NO_BYTES;

    /**
     * Prepares to read a message that is wholly there.
     *
     * @param bytes what holds the message; not kept beyond {@link #parse}
     * @param index where its four-byte handshake header begins
     * @param length its length with that header
     */
    ClientHelloParser(ByteBuf bytes, int index, int length) {
        this.cursor = new Cursor(bytes, index + HANDSHAKE_HEADER, length - HANDSHAKE_HEADER);
        this.sizeInBytes = length;
    }

    void parse() throws MalformedException {
        legacyVersion = cursor.u16("legacy_version");
        if (legacyVersion < SSL_3_0) {
            throw new MalformedException("legacy_version is older than SSL 3.0", Alert.PROTOCOL_VERSION);
        }
        cursor.skip(RANDOM, "random");
        int sessionIdLength = cursor.u8("legacy_session_id");
        if (sessionIdLength > MAX_SESSION_ID) {
            throw new MalformedException("legacy_session_id is longer than 32 bytes", Alert.DECODE_ERROR);
        }
        sessionId = bytes(sessionIdLength, "legacy_session_id");
        int outer = cursor.open16("cipher_suites");
        cipherSuites = cursor.codePoints("cipher_suites");
        cursor.close(outer, "cipher_suites");
        int compressionMethods = cursor.u8("legacy_compression_methods");
        if (compressionMethods == 0) {
            throw new MalformedException("legacy_compression_methods is empty", Alert.DECODE_ERROR);
        }
        cursor.skip(compressionMethods, "legacy_compression_methods");
        if (cursor.hasRemaining()) {
            extensions();
        }
        if (cursor.hasRemaining()) {
            throw new MalformedException("ClientHello has bytes after its extensions", Alert.DECODE_ERROR);
        }
    }

    /** The types of all extensions, GREASE included, in ascending order. */
    CodePoints sortedExtensions() {
        return extensionCount == 0 ? CodePoints.NONE : new CodePoints(extensions);
    }

    private void extensions() throws MalformedException {
        int outer = cursor.open16("extensions");
        while (cursor.hasRemaining()) {
            if (extensionCount > 0 && extensions[extensionCount - 1] == ExtensionType.PRE_SHARED_KEY) {
                throw new MalformedException("pre_shared_key is not the last extension", Alert.ILLEGAL_PARAMETER);
            }
            int type = cursor.u16("extension type");
            if (extensionCount == extensions.length) {
                extensions = Arrays.copyOf(extensions, 2 * extensionCount);
            }
            extensions[extensionCount++] = (char) type;
            int rest = cursor.open16("extension");
            extension(type);
            cursor.close(rest, "extension");
        }
        cursor.close(outer, "extensions");
        // Sorting finds duplicates in the time that a hostile list of ten thousand allows, and a fingerprint needs it.
        extensions = Arrays.copyOf(extensions, extensionCount);
        Arrays.sort(extensions);
        for (int i = 1; i < extensionCount; i++) {
            if (extensions[i] == extensions[i - 1]) {
                throw new MalformedException("an extension appears twice", Alert.ILLEGAL_PARAMETER);
            }
        }
    }

    private void extension(int type) throws MalformedException {
        switch (type) {
            case ExtensionType.SERVER_NAME -> serverName = ServerName.read(cursor);
            case ExtensionType.SUPPORTED_GROUPS -> supportedGroups = codePoints16("supported_groups");
            case ExtensionType.SIGNATURE_ALGORITHMS -> signatureAlgorithms = codePoints16("signature_algorithms");
            case ExtensionType.ALPN -> alpn();
            case ExtensionType.SESSION_TICKET -> sessionTicket = bytes(cursor.remaining(), "session_ticket");
            case ExtensionType.PRE_SHARED_KEY -> preSharedKey();
            case ExtensionType.EARLY_DATA -> {
                // RFC 8446 section 4.2.10: in a ClientHello it is empty; the caller's close sees to that.
            }
            case ExtensionType.SUPPORTED_VERSIONS -> {
                int outer = cursor.open8("supported_versions");
                supportedVersions = cursor.codePoints("supported_versions");
                cursor.close(outer, "supported_versions");
            }
            case ExtensionType.KEY_SHARE -> keyShare();
            default -> cursor.skip(cursor.remaining(), "extension");
        }
    }

    private CodePoints codePoints16(String field) throws MalformedException {
        int outer = cursor.open16(field);
        CodePoints values = cursor.codePoints(field);
        cursor.close(outer, field);
        return values;
    }

    private void alpn() throws MalformedException {
        int outer = cursor.open16("ALPN list");
        List<String> protocols = new ArrayList<>(4);
        do {
            int length = cursor.u8("ALPN protocol");
            if (length == 0) {
                throw new MalformedException("ALPN protocol is empty", Alert.DECODE_ERROR);
            }
            protocols.add(new String(cursor.take(length, "ALPN protocol"), StandardCharsets.ISO_8859_1));
        } while (cursor.hasRemaining());
        cursor.close(outer, "ALPN list");
        alpn = List.copyOf(protocols);
    }

    private void keyShare() throws MalformedException {
        int outer = cursor.open16("key_share");
        char[] groups = new char[4];
        int count = 0;
        while (cursor.hasRemaining()) {
            if (count == groups.length) {
                groups = Arrays.copyOf(groups, 2 * count);
            }
            groups[count++] = (char) cursor.u16("key_share group");
            int length = cursor.u16("key_share key");
            if (length == 0) {
                throw new MalformedException("key_share key is empty", Alert.DECODE_ERROR);
            }
            cursor.skip(length, "key_share key");
        }
        cursor.close(outer, "key_share");
        keyShareGroups = new CodePoints(Arrays.copyOf(groups, count));
    }

    private void preSharedKey() throws MalformedException {
        int outer = cursor.open16("PSK identities");
        int start = cursor.index();
        int identityCount = 0;
        do {
            int identity = cursor.u16("PSK identity");
            if (identity == 0) {
                throw new MalformedException("PSK identity is empty", Alert.DECODE_ERROR);
            }
            cursor.skip(identity, "PSK identity");
            cursor.skip(4, "PSK ticket age");
            identityCount++;
        } while (cursor.hasRemaining());
        pskIdentities = cursor.takeSince(start);
        cursor.close(outer, "PSK identities");

        outer = cursor.open16("PSK binders");
        int binderCount = 0;
        do {
            int binder = cursor.u8("PSK binder");
            if (binder < MIN_BINDER) {
                throw new MalformedException("PSK binder is shorter than 32 bytes", Alert.DECODE_ERROR);
            }
            cursor.skip(binder, "PSK binder");
            binderCount++;
        } while (cursor.hasRemaining());
        cursor.close(outer, "PSK binders");
        if (binderCount != identityCount) {
            throw new MalformedException("PSK binders are not as many as identities", Alert.ILLEGAL_PARAMETER);
        }
    }

    private byte[] bytes(int length, String field) throws MalformedException {
        return length == 0 ? NO_BYTES : cursor.take(length, field);
    }
}
