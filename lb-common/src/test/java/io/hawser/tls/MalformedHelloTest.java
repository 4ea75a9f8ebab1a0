package io.hawser.tls;

import static io.hawser.tls.HelloBuilder.ascii;
import static io.hawser.tls.HelloBuilder.binder;
import static io.hawser.tls.HelloBuilder.bytes;
import static io.hawser.tls.HelloBuilder.concat;
import static io.hawser.tls.HelloBuilder.handshake;
import static io.hawser.tls.HelloBuilder.identity;
import static io.hawser.tls.HelloBuilder.record;
import static io.hawser.tls.HelloBuilder.shorts;
import static io.hawser.tls.HelloBuilder.vector16;
import static io.hawser.tls.HelloBuilder.vector8;
import static io.hawser.tls.Hellos.alert;
import static io.hawser.tls.Hellos.hello;
import static io.hawser.tls.Hellos.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way to get a field wrong, and the alert that TLS has for it (RFC 8446 section 6.2). */
class MalformedHelloTest {

    private static final byte[] NOTHING = {};
    private static final byte[] ONE_IDENTITY = identity(new byte[16], 7);

    private static HelloBuilder with(int type, byte[] body) {
        return new HelloBuilder().extension(type, body);
    }

    private static HelloBuilder psk(byte[] identities, byte[] binders) {
        return new HelloBuilder().preSharedKey(identities, binders);
    }

    private static Arguments wrong(HelloBuilder hello, Alert alert, String what) {
        return Arguments.of(what, hello.record(), alert);
    }

    private static Arguments undecodable(HelloBuilder hello, String what) {
        return wrong(hello, Alert.DECODE_ERROR, what);
    }

    static Stream<Arguments> fields() {
        return Stream.of(
                wrong(
                        new HelloBuilder().legacyVersion(0x02ff),
                        Alert.PROTOCOL_VERSION,
                        "legacy_version is older than SSL 3.0"),
                wrong(
                        new HelloBuilder().legacyVersion(0x0002),
                        Alert.PROTOCOL_VERSION,
                        "legacy_version is older than SSL 3.0"),
                undecodable(new HelloBuilder().sessionId(new byte[33]), "legacy_session_id is longer than 32 bytes"),
                undecodable(new HelloBuilder().sessionId(new byte[255]), "legacy_session_id is longer than 32 bytes"),
                undecodable(
                        new HelloBuilder().cipherSuites(), "cipher_suites is not a list of one or more 16-bit values"),
                undecodable(new HelloBuilder().compressionMethods(), "legacy_compression_methods is empty"),
                undecodable(new HelloBuilder().afterExtensions(0), "ClientHello has bytes after its extensions"),
                undecodable(
                        new HelloBuilder().withoutExtensions().afterExtensions(0),
                        "extensions runs past the end of what holds it"),
                undecodable(
                        new HelloBuilder().withoutExtensions().afterExtensions(0, 1),
                        "extensions runs past the end of what holds it"),
                undecodable(
                        new HelloBuilder().withoutExtensions().afterExtensions(0, 1, 0),
                        "extension type runs past the end of what holds it"),
                undecodable(
                        new HelloBuilder().withoutExtensions().afterExtensions(0, 3, 0, 35, 0),
                        "extension runs past the end of what holds it"),
                undecodable(
                        new HelloBuilder().withoutExtensions().afterExtensions(0, 4, 0, 35, 0, 1),
                        "extension runs past the end of what holds it"));
    }

    static Stream<Arguments> lists() {
        return Stream.of(
                        Arguments.of(ExtensionType.SUPPORTED_GROUPS, "supported_groups"),
                        Arguments.of(ExtensionType.SIGNATURE_ALGORITHMS, "signature_algorithms"))
                .flatMap(list -> {
                    int type = (int) list.get()[0];
                    String name = (String) list.get()[1];
                    return Stream.of(
                            undecodable(with(type, NOTHING), name + " runs past the end of what holds it"),
                            undecodable(with(type, bytes(0)), name + " runs past the end of what holds it"),
                            undecodable(with(type, bytes(0, 0)), name + " is not a list of one or more 16-bit values"),
                            undecodable(
                                    with(type, bytes(0, 3, 0, 29, 0)),
                                    name + " is not a list of one or more 16-bit values"),
                            undecodable(with(type, bytes(0, 4, 0, 29)), name + " runs past the end of what holds it"),
                            undecodable(with(type, bytes(0, 2, 0, 29, 0, 30)), "extension has bytes left over"));
                });
    }

    static Stream<Arguments> versions() {
        int type = ExtensionType.SUPPORTED_VERSIONS;
        return Stream.of(
                undecodable(with(type, NOTHING), "supported_versions runs past the end of what holds it"),
                undecodable(with(type, bytes(0)), "supported_versions is not a list of one or more 16-bit values"),
                undecodable(
                        with(type, bytes(3, 3, 4, 3)), "supported_versions is not a list of one or more 16-bit values"),
                undecodable(with(type, bytes(4, 3, 4)), "supported_versions runs past the end of what holds it"),
                undecodable(with(type, bytes(2, 3, 4, 3, 3)), "extension has bytes left over"));
    }

    static Stream<Arguments> alpn() {
        int type = ExtensionType.ALPN;
        byte[] h2 = vector8(ascii("h2"));
        return Stream.of(
                undecodable(with(type, NOTHING), "ALPN list runs past the end of what holds it"),
                undecodable(with(type, bytes(0, 0)), "ALPN protocol runs past the end of what holds it"),
                undecodable(with(type, vector16(bytes(0))), "ALPN protocol is empty"),
                undecodable(with(type, vector16(concat(h2, bytes(0)))), "ALPN protocol is empty"),
                undecodable(
                        with(type, vector16(bytes(3, 'h', '2'))), "ALPN protocol runs past the end of what holds it"),
                undecodable(with(type, concat(shorts(4), h2)), "ALPN list runs past the end of what holds it"),
                undecodable(with(type, concat(vector16(h2), bytes(0))), "extension has bytes left over"));
    }

    static Stream<Arguments> keyShares() {
        int type = ExtensionType.KEY_SHARE;
        byte[] x25519 = concat(shorts(29), vector16(new byte[32]));
        return Stream.of(
                undecodable(with(type, NOTHING), "key_share runs past the end of what holds it"),
                undecodable(with(type, vector16(bytes(0))), "key_share group runs past the end of what holds it"),
                undecodable(with(type, vector16(shorts(29))), "key_share key runs past the end of what holds it"),
                undecodable(with(type, vector16(shorts(29, 0))), "key_share key is empty"),
                undecodable(with(type, vector16(shorts(29, 1))), "key_share key runs past the end of what holds it"),
                undecodable(with(type, concat(vector16(x25519), bytes(0))), "extension has bytes left over"));
    }

    static Stream<Arguments> preSharedKeys() {
        int type = ExtensionType.PRE_SHARED_KEY;
        byte[] identities = vector16(ONE_IDENTITY);
        byte[] binders = vector16(binder(32));
        return Stream.of(
                undecodable(with(type, NOTHING), "PSK identities runs past the end of what holds it"),
                undecodable(psk(NOTHING, binder(32)), "PSK identity runs past the end of what holds it"),
                undecodable(psk(identity(NOTHING, 7), binder(32)), "PSK identity is empty"),
                undecodable(psk(vector16(bytes(9)), binder(32)), "PSK ticket age runs past the end of what holds it"),
                undecodable(psk(shorts(2), binder(32)), "PSK identity runs past the end of what holds it"),
                undecodable(with(type, identities), "PSK binders runs past the end of what holds it"),
                undecodable(psk(ONE_IDENTITY, NOTHING), "PSK binder runs past the end of what holds it"),
                undecodable(psk(ONE_IDENTITY, bytes(0)), "PSK binder is shorter than 32 bytes"),
                undecodable(psk(ONE_IDENTITY, binder(31)), "PSK binder is shorter than 32 bytes"),
                undecodable(
                        psk(ONE_IDENTITY, Arrays.copyOf(binder(32), 32)),
                        "PSK binder runs past the end of what holds it"),
                undecodable(with(type, concat(identities, binders, bytes(0))), "extension has bytes left over"),
                wrong(
                        psk(ONE_IDENTITY, concat(binder(32), binder(32))),
                        Alert.ILLEGAL_PARAMETER,
                        "PSK binders are not as many as identities"),
                wrong(
                        psk(concat(ONE_IDENTITY, ONE_IDENTITY), binder(32)),
                        Alert.ILLEGAL_PARAMETER,
                        "PSK binders are not as many as identities"),
                wrong(
                        psk(ONE_IDENTITY, binder(32)).serverName("shop.example.com"),
                        Alert.ILLEGAL_PARAMETER,
                        "pre_shared_key is not the last extension"),
                wrong(
                        psk(ONE_IDENTITY, binder(32)).preSharedKey(ONE_IDENTITY, binder(32)),
                        Alert.ILLEGAL_PARAMETER,
                        "pre_shared_key is not the last extension"));
    }

    static Stream<Arguments> others() {
        return Stream.of(
                undecodable(with(ExtensionType.EARLY_DATA, bytes(0)), "extension has bytes left over"),
                wrong(
                        new HelloBuilder().serverName("a.example").serverName("b.example"),
                        Alert.ILLEGAL_PARAMETER,
                        "an extension appears twice"),
                wrong(
                        new HelloBuilder().serverName("a.example").alpn("h2").serverName("a.example"),
                        Alert.ILLEGAL_PARAMETER,
                        "an extension appears twice"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"fields", "lists", "versions", "alpn", "keyShares", "preSharedKeys", "others"})
    void isRefusedWithTheAlertForIt(String what, byte[] wire, Alert alert) {
        assertThat(read(wire)).isEqualTo(new HelloResult.Malformed(what, alert));
    }

    /** Whatever the type: one that this package reads, one it does not, one reserved for GREASE. */
    @ParameterizedTest
    @ValueSource(
            ints = {ExtensionType.SESSION_TICKET, 23, 0xff01, 0x0a0a, ExtensionType.ENCRYPTED_CLIENT_HELLO, 0xffff})
    void noExtensionMayAppearTwice(int type) {
        HelloBuilder twice = new HelloBuilder()
                .extension(type, bytes(1))
                .serverName("shop.example.com")
                .extension(type, bytes(1));
        assertThat(alert(twice)).isEqualTo(Alert.ILLEGAL_PARAMETER);
    }

    @Test
    void twiceIsFoundAmongThousands() {
        HelloBuilder many = new HelloBuilder();
        for (int type = 0x1000; type < 0x1000 + 16_000 / 2; type++) {
            many.extension(type);
        }
        assertThat(hello(Hellos.inRecords(many.message(), halves(many.message().length)))
                        .extensions()
                        .size())
                .isEqualTo(8_000);
        many.extension(0x1000);
        byte[] message = many.message();
        assertThat(alert(Hellos.inRecords(message, halves(message.length)))).isEqualTo(Alert.ILLEGAL_PARAMETER);
    }

    private static int[] halves(int length) {
        int record = 16_000;
        return new int[] {record, record, length - 2 * record};
    }

    /** A cut right behind the compression methods leaves what SSL 3.0 clients send: a hello without extensions. */
    @ParameterizedTest
    @MethodSource("io.hawser.tls.Captures#names")
    void aMessageThatEndsEarlyCanNotBeDecoded(String name) {
        byte[] body = Arrays.copyOfRange(Captures.message(name), 4, Captures.message(name).length);
        int sessionId = 34;
        int cipherSuites = sessionId + 1 + body[sessionId];
        int compression = cipherSuites + 2 + (body[cipherSuites] & 0xff) * 256 + (body[cipherSuites + 1] & 0xff);
        int withoutExtensions = compression + 1 + body[compression];
        for (int length = 0; length < body.length; length++) {
            byte[] wire = record(handshake(1, Arrays.copyOf(body, length)));
            if (length == withoutExtensions) {
                assertThat(hello(wire).extensions().size()).isZero();
                assertThat(hello(wire).serverName()).isNull();
            } else {
                assertThat(alert(wire)).as("cut to %d bytes", length).isEqualTo(Alert.DECODE_ERROR);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.hawser.tls.Captures#names")
    void aMessageWithAByteMoreCanNotBeDecoded(String name) {
        byte[] body = Arrays.copyOfRange(Captures.message(name), 4, Captures.message(name).length + 1);
        assertThat(read(record(handshake(1, body))))
                .isEqualTo(new HelloResult.Malformed("ClientHello has bytes after its extensions", Alert.DECODE_ERROR));
    }
}
