package io.hawser.tls;

import static io.hawser.tls.HelloBuilder.ascii;
import static io.hawser.tls.HelloBuilder.bytes;
import static io.hawser.tls.HelloBuilder.concat;
import static io.hawser.tls.HelloBuilder.shorts;
import static io.hawser.tls.HelloBuilder.vector16;
import static io.hawser.tls.Hellos.hello;
import static io.hawser.tls.Hellos.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which name a hello asks for, and which names are none. */
class ServerNameTest {

    private static final String LABEL = "a".repeat(63);
    private static final String LONGEST = LABEL + '.' + LABEL + '.' + LABEL + '.' + "a".repeat(61);

    private static final String NO_HOST_CHARACTER = "server_name has a character no host name has";
    private static final String NO_LABEL = "server_name has a label that is empty or longer than 63 bytes";
    private static final String TOO_LONG = "server_name is longer than a DNS name";

    private static @Nullable String nameOf(String sent) {
        return hello(new HelloBuilder().serverName(sent)).serverName();
    }

    private static byte[] name(int type, byte[] name) {
        return concat(bytes(type), vector16(name));
    }

    private static HelloBuilder extension(byte[] body) {
        return new HelloBuilder().extension(ExtensionType.SERVER_NAME, body);
    }

    private static HelloBuilder list(byte[]... names) {
        return extension(vector16(concat(names)));
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example.com, shop.example.com",
        "Shop.EXAMPLE.com, shop.example.com",
        "shop.example.com., shop.example.com",
        "SHOP.example.COM., shop.example.com",
        "localhost, localhost",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "XN--BCHER-KVA.example., xn--bcher-kva.example",
        "_sip._tcp.example.com, _sip._tcp.example.com",
        "a-b.example, a-b.example",
        "1.example, 1.example",
        "example.1, example.1",
        "1.2.3, 1.2.3",
        "1.2.3.4.5, 1.2.3.4.5",
        "1.2.3.256, 1.2.3.256",
        "1.2.3.0x4, 1.2.3.0x4",
        "123, 123"
    })
    void namesAreComparedInLowerCaseWithoutATrailingDot(String sent, String name) {
        assertThat(nameOf(sent)).isEqualTo(name);
    }

    /** Turkish has another lower case of I: the machine's language must not decide a route. */
    @Test
    void theMachinesLanguageDoesNotMatter() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr-TR"));
        try {
            assertThat(nameOf("MAIL.EXAMPLE.COM")).isEqualTo("mail.example.com");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void namesHaveUpTo253Characters() {
        assertThat(LONGEST).hasSize(253);
        assertThat(nameOf(LONGEST)).isEqualTo(LONGEST);
        assertThat(nameOf(LONGEST + '.')).isEqualTo(LONGEST);
    }

    /** RFC 6066 section 3 does not permit them: such a client is routed as one that names nobody. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1",
                "192.0.2.1.",
                "255.255.255.255",
                "2001:db8::1",
                "2001:DB8::1",
                "::",
                "::1.",
                "::ffff:192.0.2.1",
                "1:2:3:4:5:6:7:8"
            })
    void addressLiteralsNameNobody(String sent) {
        ClientHello hello = hello(new HelloBuilder().serverName(sent));
        assertThat(hello.serverName()).isNull();
        assertThat(hello.extensions().contains(ExtensionType.SERVER_NAME)).isTrue();
    }

    /** Some read such numbers as octal, so it is no address; as a name it can only match a route that writes it so. */
    @Test
    void aQuadWithLeadingZerosIsAName() {
        assertThat(hello(new HelloBuilder().serverName("192.000.002.001")).serverName())
                .isEqualTo("192.000.002.001");
    }

    static Stream<Arguments> names() {
        return Stream.of(
                Arguments.of("", Alert.DECODE_ERROR, "server_name is empty"),
                Arguments.of(LONGEST + 'a', Alert.DECODE_ERROR, TOO_LONG),
                Arguments.of(LONGEST + "a.", Alert.DECODE_ERROR, TOO_LONG),
                Arguments.of("a.".repeat(1000), Alert.DECODE_ERROR, TOO_LONG),
                Arguments.of(".", Alert.ILLEGAL_PARAMETER, NO_LABEL),
                Arguments.of("..", Alert.ILLEGAL_PARAMETER, NO_LABEL),
                Arguments.of(".example.com", Alert.ILLEGAL_PARAMETER, NO_LABEL),
                Arguments.of("shop..example.com", Alert.ILLEGAL_PARAMETER, NO_LABEL),
                Arguments.of("shop.example.com..", Alert.ILLEGAL_PARAMETER, NO_LABEL),
                Arguments.of(LABEL + "a.example.com", Alert.ILLEGAL_PARAMETER, NO_LABEL),
                Arguments.of("example." + LABEL + 'a', Alert.ILLEGAL_PARAMETER, NO_LABEL),
                Arguments.of("shop.example.com\0", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("shop.example.com\0.evil.example", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("\0", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of(" shop.example.com", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("shop.example.com\r\n", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("*.example.com", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("shop/example.com", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("shop.example.com:443", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("192.0.2.1:443", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("b\u00fccher.example", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("[::1]", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("fe80::1%eth0", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of(":", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of(".:1", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("1::2::3", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("1:2:3:4:5:6:7:8:9", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER),
                Arguments.of("::ffff:192.0.2", Alert.ILLEGAL_PARAMETER, NO_HOST_CHARACTER));
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatCouldNotBeANameIsRefused(String sent, Alert alert, String what) {
        assertThat(read(new HelloBuilder().serverName(sent).record()))
                .isEqualTo(new HelloResult.Malformed(what, alert));
    }

    static Stream<Arguments> lists() {
        byte[] shop = name(0, ascii("shop.example.com"));
        String list = "server_name list runs past the end of what holds it";
        String name = "server_name runs past the end of what holds it";
        return Stream.of(
                Arguments.of(extension(bytes()), Alert.DECODE_ERROR, list),
                Arguments.of(extension(bytes(0)), Alert.DECODE_ERROR, list),
                Arguments.of(extension(bytes(0, 0)), Alert.DECODE_ERROR, "server_name list is empty"),
                Arguments.of(list(bytes(0)), Alert.DECODE_ERROR, name),
                Arguments.of(list(bytes(0, 0)), Alert.DECODE_ERROR, name),
                Arguments.of(list(concat(bytes(0), shorts(5), ascii("shop"))), Alert.DECODE_ERROR, name),
                Arguments.of(list(concat(bytes(1), shorts(5), ascii("shop"))), Alert.DECODE_ERROR, name),
                Arguments.of(list(shop, bytes(0)), Alert.DECODE_ERROR, name),
                Arguments.of(extension(concat(shorts(shop.length + 1), shop)), Alert.DECODE_ERROR, list),
                Arguments.of(extension(concat(shorts(shop.length - 1), shop)), Alert.DECODE_ERROR, name),
                Arguments.of(
                        extension(concat(vector16(shop), bytes(0))),
                        Alert.DECODE_ERROR,
                        "extension has bytes left over"),
                Arguments.of(list(shop, shop), Alert.ILLEGAL_PARAMETER, "server_name has two host names"),
                Arguments.of(
                        list(shop, name(0, ascii("evil.example"))),
                        Alert.ILLEGAL_PARAMETER,
                        "server_name has two host names"),
                Arguments.of(
                        list(shop, name(7, bytes(1)), name(0, bytes())),
                        Alert.ILLEGAL_PARAMETER,
                        "server_name has two host names"));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void whatIsNoListOfOneNameIsRefused(HelloBuilder hello, Alert alert, String what) {
        assertThat(read(hello.record())).isEqualTo(new HelloResult.Malformed(what, alert));
    }

    /** RFC 6066 section 3 has room for other kinds of names, each with a length of two bytes. */
    @Test
    void namesOfOtherKindsAreReadOver() {
        byte[] other = name(1, ascii("other.example"));
        byte[] empty = name(255, bytes());
        byte[] shop = name(0, ascii("shop.example.com"));
        assertThat(hello(list(other, shop)).serverName()).isEqualTo("shop.example.com");
        assertThat(hello(list(shop, other, other, empty)).serverName()).isEqualTo("shop.example.com");
        assertThat(hello(list(other)).serverName()).isNull();
    }
}
