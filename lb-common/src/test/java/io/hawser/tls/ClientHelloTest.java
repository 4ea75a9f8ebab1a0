package io.hawser.tls;

import static io.hawser.tls.HelloBuilder.ascii;
import static io.hawser.tls.HelloBuilder.binder;
import static io.hawser.tls.HelloBuilder.bytes;
import static io.hawser.tls.HelloBuilder.concat;
import static io.hawser.tls.HelloBuilder.identity;
import static io.hawser.tls.HelloBuilder.shorts;
import static io.hawser.tls.HelloBuilder.vector16;
import static io.hawser.tls.Hellos.hello;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What well-formed hellos say, at the edges that no capture reaches. */
class ClientHelloTest {

    private static final int GREASE = 0x3a3a;

    private static CodePoints points(int... values) {
        char[] points = new char[values.length];
        for (int i = 0; i < values.length; i++) {
            points[i] = (char) values[i];
        }
        return new CodePoints(points);
    }

    @Test
    void theLeastHelloSaysNothing() {
        ClientHello hello = hello(new HelloBuilder().withoutExtensions().legacyVersion(0x0300));
        assertThat(hello.legacyVersion()).isEqualTo(0x0300);
        assertThat(hello.highestVersion()).isEqualTo(0x0300);
        assertThat(hello.serverName()).isNull();
        assertThat(hello.alpn()).isEmpty();
        assertThat(hello.sessionId()).isEmpty();
        assertThat(hello.sessionTicket()).isEmpty();
        assertThat(hello.pskIdentities()).isEmpty();
        assertThat(hello.offersPsk()).isFalse();
        assertThat(hello.offersEarlyData()).isFalse();
        assertThat(hello.offersEch()).isFalse();
        assertThat(hello.cipherSuites()).isEqualTo(points(0x1301));
        assertThat(List.of(
                        hello.extensions(),
                        hello.supportedVersions(),
                        hello.signatureAlgorithms(),
                        hello.supportedGroups(),
                        hello.keyShareGroups()))
                .allMatch(list -> list.size() == 0);
        assertThat(hello.sizeInBytes()).isEqualTo(4 + 2 + 32 + 1 + 2 + 2 + 2);
    }

    @Test
    void anEmptyListOfExtensionsIsNoMistake() {
        assertThat(hello(new HelloBuilder()).extensions().size()).isZero();
    }

    /** GREASE stands where a client likes it, even first and last, with and without a body (RFC 8701). */
    @Test
    void greaseIsReadOverAndKept() {
        ClientHello hello = hello(new HelloBuilder()
                .cipherSuites(GREASE, 0x1301, 0x1302)
                .extension(0x0a0a)
                .serverName("shop.example.com")
                .supportedVersions(GREASE, 0x0304)
                .supportedGroups(GREASE, 29)
                .signatureAlgorithms(GREASE, 0x0403)
                .extension(ExtensionType.KEY_SHARE, vector16(concat(shorts(GREASE), vector16(bytes(0)))))
                .extension(0xfafa, bytes(0)));
        assertThat(hello.serverName()).isEqualTo("shop.example.com");
        assertThat(hello.cipherSuites()).isEqualTo(points(GREASE, 0x1301, 0x1302));
        assertThat(hello.supportedVersions()).isEqualTo(points(GREASE, 0x0304));
        assertThat(hello.supportedGroups()).isEqualTo(points(GREASE, 29));
        assertThat(hello.signatureAlgorithms()).isEqualTo(points(GREASE, 0x0403));
        assertThat(hello.keyShareGroups()).isEqualTo(points(GREASE));
        assertThat(hello.highestVersion()).isEqualTo(0x0304);
        assertThat(hello.extensions()).isEqualTo(points(0, 10, 13, 43, 51, 0x0a0a, 0xfafa));
    }

    @Test
    void aVersionOfGreaseAloneLeavesTheLegacyOne() {
        assertThat(hello(new HelloBuilder().supportedVersions(0xfafa)).highestVersion())
                .isEqualTo(0x0303);
    }

    @Test
    void theHighestVersionNeedNotComeFirst() {
        assertThat(hello(new HelloBuilder().supportedVersions(0x0301, 0x0304, 0x0303))
                        .highestVersion())
                .isEqualTo(0x0304);
    }

    @Test
    void aFutureLegacyVersionIsNoMistake() {
        assertThat(hello(new HelloBuilder().legacyVersion(0x0405)).legacyVersion())
                .isEqualTo(0x0405);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 22, 0x4469, 0xff01, 0xfffe})
    void anUnknownExtensionMayHoldAnything(int type) {
        ClientHello hello =
                hello(new HelloBuilder().extension(type, new byte[999]).alpn("h2"));
        assertThat(hello.alpn()).containsExactly("h2");
        assertThat(hello.extensions().contains(type)).isTrue();
    }

    @Test
    void compressionMethodsAreTheServersConcern() {
        assertThat(hello(new HelloBuilder().compressionMethods(1, 64, 0).alpn("h2"))
                        .alpn())
                .containsExactly("h2");
    }

    @Test
    void sessionIdsHaveUpTo32Bytes() {
        byte[] id = ascii("0123456789abcdef0123456789abcdef");
        assertThat(hello(new HelloBuilder().sessionId(id)).sessionId()).isEqualTo(id);
        assertThat(hello(new HelloBuilder().sessionId(bytes(7))).sessionId()).isEqualTo(bytes(7));
    }

    @Test
    void aTicketIsAllOfItsExtension() {
        byte[] ticket = ascii("ticket");
        assertThat(hello(new HelloBuilder().extension(ExtensionType.SESSION_TICKET, ticket))
                        .sessionTicket())
                .isEqualTo(ticket);
    }

    @Test
    void everyPreSharedKeyIsListedInItsOrder() {
        byte[] longest = new byte[4000];
        byte[] identities = concat(identity(longest, -1), identity(bytes(1, 2), 0));
        ClientHello hello = hello(new HelloBuilder().preSharedKey(identities, concat(binder(32), binder(255))));
        assertThat(hello.offersPsk()).isTrue();
        assertThat(hello.pskIdentities())
                .containsExactly(new PskIdentity(longest, 0xffff_ffffL), new PskIdentity(bytes(1, 2), 0));
    }

    @Test
    void noKeySharesAreAllowedAndAskForARetry() {
        ClientHello hello = hello(new HelloBuilder().extension(ExtensionType.KEY_SHARE, shorts(0)));
        assertThat(hello.keyShareGroups().size()).isZero();
    }

    @Test
    void manyKeySharesAreKept() {
        byte[] shares = {};
        for (int group = 1; group <= 9; group++) {
            shares = concat(shares, shorts(group), vector16(bytes(0)));
        }
        assertThat(hello(new HelloBuilder().extension(ExtensionType.KEY_SHARE, vector16(shares)))
                        .keyShareGroups())
                .isEqualTo(points(1, 2, 3, 4, 5, 6, 7, 8, 9));
    }

    @Test
    void protocolNamesNeedNotBeText() {
        String grease = "\n\n";
        String longest = "\u00ff".repeat(255);
        assertThat(hello(new HelloBuilder().alpn(grease, "h2", longest, "h2")).alpn())
                .containsExactly(grease, "h2", longest, "h2");
    }

    @Test
    void encryptedHellosShow() {
        ClientHello hello = hello(new HelloBuilder()
                .serverName("public.example.com")
                .extension(ExtensionType.ENCRYPTED_CLIENT_HELLO, new byte[200]));
        assertThat(hello.offersEch()).isTrue();
        assertThat(hello.serverName()).isEqualTo("public.example.com");
    }

    @Test
    void arraysAreCopies() {
        byte[] wire = new HelloBuilder()
                .sessionId(bytes(1, 2))
                .extension(ExtensionType.SESSION_TICKET, bytes(3, 4))
                .preSharedKey(identity(bytes(5, 6), 7), binder(32))
                .record();
        ClientHello hello = hello(wire);
        Arrays.fill(wire, (byte) 0);
        Arrays.fill(hello.sessionId(), (byte) 0);
        Arrays.fill(hello.sessionTicket(), (byte) 0);
        Arrays.fill(hello.pskIdentities().get(0).identity(), (byte) 0);
        assertThat(hello.sessionId()).isEqualTo(bytes(1, 2));
        assertThat(hello.sessionTicket()).isEqualTo(bytes(3, 4));
        assertThat(hello.pskIdentities().get(0).identity()).isEqualTo(bytes(5, 6));
    }

    @Test
    void whatResumesASessionIsNotPrinted() {
        ClientHello hello = hello(new HelloBuilder()
                .serverName("shop.example.com")
                .alpn("h2")
                .sessionId(ascii("secret-id"))
                .extension(ExtensionType.SESSION_TICKET, ascii("secret-ticket"))
                .preSharedKey(identity(ascii("secret-psk"), 7), binder(32)));
        assertThat(hello.toString())
                .isEqualTo("ClientHello[serverName=shop.example.com, alpn=[h2], " + hello.sizeInBytes() + " bytes]");
        assertThat(hello.pskIdentities()).hasToString("[PskIdentity[10 bytes]]");
    }

    @Test
    void preSharedKeysAreEqualByIdentityAndAge() {
        PskIdentity one = new PskIdentity(bytes(1, 2), 7);
        assertThat(one).isEqualTo(new PskIdentity(bytes(1, 2), 7)).hasSameHashCodeAs(new PskIdentity(bytes(1, 2), 7));
        assertThat(one).isNotEqualTo(new PskIdentity(bytes(1, 3), 7));
        assertThat(one).isNotEqualTo(new PskIdentity(bytes(1, 2), 8));
        assertThat(one).isNotEqualTo("PskIdentity[2 bytes]");
    }

    @Test
    void codePointsAreAListOfUnsignedNumbers() {
        CodePoints points = points(0x0304, 0xfafa);
        assertThat(points.get(1)).isEqualTo(0xfafa);
        assertThat(points.contains(0xfafa)).isTrue();
        assertThat(points.contains(0xfa)).isFalse();
        assertThat(points).isEqualTo(points(0x0304, 0xfafa)).hasSameHashCodeAs(points(0x0304, 0xfafa));
        assertThat(points).isNotEqualTo(points(0xfafa, 0x0304)).isNotEqualTo("[0x0304, 0xfafa]");
        assertThat(points).hasToString("[0x0304, 0xfafa]");
    }

    /** The sixteen of RFC 8701 section 2, and none that only look like them. */
    @Test
    void greaseHasSixteenValues() {
        for (int value = 0; value <= 0xffff; value++) {
            boolean grease = value % 0x1010 == 0x0a0a && value / 0x1010 < 16;
            assertThat(CodePoints.isGrease(value)).as("0x%04x", value).isEqualTo(grease);
        }
    }
}
