package io.hawser.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Builds the bytes of ClientHellos, right and wrong ones, a field at a time. */
public final class HelloBuilder {

    private int legacyVersion = 0x0303;
    private byte[] sessionId = {};
    private int[] cipherSuites = {0x1301};
    private byte[] compressionMethods = {0};
    private boolean withExtensions = true;
    private byte[] afterExtensions = {};
    private final ByteArrayOutputStream extensions = new ByteArrayOutputStream();

    public HelloBuilder legacyVersion(int version) {
        legacyVersion = version;
        return this;
    }

    public HelloBuilder sessionId(byte... id) {
        sessionId = id;
        return this;
    }

    public HelloBuilder cipherSuites(int... suites) {
        cipherSuites = suites;
        return this;
    }

    public HelloBuilder compressionMethods(int... methods) {
        compressionMethods = bytes(methods);
        return this;
    }

    /** Leaves out even the length of the extensions, as SSL 3.0 clients do. */
    public HelloBuilder withoutExtensions() {
        withExtensions = false;
        return this;
    }

    public HelloBuilder afterExtensions(int... bytes) {
        afterExtensions = bytes(bytes);
        return this;
    }

    public HelloBuilder extension(int type, byte... body) {
        extensions.writeBytes(shorts(type));
        extensions.writeBytes(vector16(body));
        return this;
    }

    public HelloBuilder serverName(String name) {
        return extension(ExtensionType.SERVER_NAME, vector16(concat(bytes(0), vector16(ascii(name)))));
    }

    public HelloBuilder alpn(String... protocols) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        for (String protocol : protocols) {
            list.writeBytes(vector8(ascii(protocol)));
        }
        return extension(ExtensionType.ALPN, vector16(list.toByteArray()));
    }

    public HelloBuilder supportedVersions(int... versions) {
        return extension(ExtensionType.SUPPORTED_VERSIONS, vector8(shorts(versions)));
    }

    public HelloBuilder signatureAlgorithms(int... algorithms) {
        return extension(ExtensionType.SIGNATURE_ALGORITHMS, vector16(shorts(algorithms)));
    }

    public HelloBuilder supportedGroups(int... groups) {
        return extension(ExtensionType.SUPPORTED_GROUPS, vector16(shorts(groups)));
    }

    public HelloBuilder preSharedKey(byte[] identities, byte[] binders) {
        return extension(ExtensionType.PRE_SHARED_KEY, concat(vector16(identities), vector16(binders)));
    }

    static byte[] identity(byte[] identity, int age) {
        return concat(vector16(identity), bytes(age >>> 24, age >>> 16, age >>> 8, age));
    }

    static byte[] binder(int length) {
        return vector8(new byte[length]);
    }

    /** The handshake message with its header. */
    public byte[] message() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(shorts(legacyVersion));
        body.writeBytes(new byte[32]);
        body.writeBytes(vector8(sessionId));
        body.writeBytes(vector16(shorts(cipherSuites)));
        body.writeBytes(vector8(compressionMethods));
        if (withExtensions) {
            body.writeBytes(vector16(extensions.toByteArray()));
        }
        body.writeBytes(afterExtensions);
        return handshake(1, body.toByteArray());
    }

    /** The message in one record, as clients send it. */
    public byte[] record() {
        return record(message());
    }

    static byte[] handshake(int type, byte[] body) {
        return concat(bytes(type, body.length >> 16, body.length >> 8, body.length), body);
    }

    static byte[] record(byte[] fragment) {
        return concat(bytes(22, 3, 1), vector16(fragment));
    }

    static byte[] vector8(byte[] content) {
        return concat(bytes(content.length), content);
    }

    static byte[] vector16(byte[] content) {
        return concat(shorts(content.length), content);
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] shorts(int... values) {
        byte[] bytes = new byte[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[2 * i] = (byte) (values[i] >> 8);
            bytes[2 * i + 1] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
