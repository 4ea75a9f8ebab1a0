package io.hawser.tls;

import static io.hawser.tls.HelloBuilder.bytes;
import static io.hawser.tls.HelloBuilder.concat;
import static io.hawser.tls.HelloBuilder.shorts;
import static io.hawser.tls.HelloBuilder.vector16;
import static io.hawser.tls.Hellos.hello;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected fingerprints are those of the public description of JA4, or follow from it by hand. */
class Ja4Test {

    private static final int GREASE = 0x1a1a;

    /** The browser's hello that JA4's description works through. */
    private static HelloBuilder describedBrowser() {
        byte[] keyShare = vector16(concat(shorts(GREASE), vector16(bytes(0)), shorts(29), vector16(new byte[32])));
        return new HelloBuilder()
                .cipherSuites(
                        GREASE, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
                        0x009c, 0x009d, 0x002f, 0x0035)
                .extension(GREASE)
                .extension(0x001b, bytes(2, 0, 2))
                .serverName("example.com")
                .extension(0x0033, keyShare)
                .alpn("h2", "http/1.1")
                .extension(0x4469)
                .extension(0x0017)
                .extension(0x002d, bytes(1, 1))
                .signatureAlgorithms(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)
                .extension(0x0005)
                .extension(0x0023)
                .extension(0x0012)
                .supportedVersions(GREASE, 0x0304, 0x0303)
                .extension(0xff01, bytes(0))
                .extension(0x000b, bytes(1, 0))
                .supportedGroups(GREASE, 29, 23, 24)
                .extension(0x0015, new byte[100])
                .extension(0x2a2a, bytes(0));
    }

    @Test
    void matchesThePublishedExample() {
        assertThat(hello(describedBrowser()).ja4()).isEqualTo("t13d1516h2_8daaf6152771_e5627efa2ab1");
    }

    @ParameterizedTest
    @CsvSource({"0x0304, t13", "0x0303, t12", "0x0302, t11", "0x0301, t10", "0x0300, ts3", "0x0002, ts2", "0x7f1c, t00"
    })
    void theVersionIsTheHighestOffered(String version, String start) {
        HelloBuilder hello = new HelloBuilder().supportedVersions(GREASE, 0x0002, Integer.decode(version), 0x0002);
        assertThat(hello(hello).ja4()).startsWith(start + "i0101");
    }

    @Test
    void theLegacyVersionCountsWhereThereIsNoOther() {
        assertThat(hello(new HelloBuilder().legacyVersion(0x0302)).ja4()).startsWith("t11i");
    }

    /** An address literal is no name to route by, but the extension is there. */
    @Test
    void theExtensionAloneMakesItADomain() {
        assertThat(hello(new HelloBuilder().serverName("192.0.2.1")).ja4()).startsWith("t12d0101");
    }

    @ParameterizedTest
    @CsvSource({
        "h2, h2",
        "http/1.1, h1",
        "x, xx",
        "h, hh",
        "imap, ip",
        "-ab, 22",
        "a-, 6d",
        "A9, A9",
        "\u00ff\u00ab, fb",
        "a\u00e9, 69",
        "[, 5b",
        "0`, 30"
    })
    void theProtocolShowsByItsFirstAndLastCharacter(String protocol, String shown) {
        assertThat(hello(new HelloBuilder().alpn(protocol, "other")).ja4()).startsWith("t12i0101" + shown + "_");
    }

    @Test
    void greaseAsAProtocolShowsInHexadecimal() {
        assertThat(hello(new HelloBuilder().alpn("\n\n", "h2")).ja4()).startsWith("t12i01010a_");
    }

    /** Digests of "1301" and of nothing. */
    @Test
    void anEmptyListIsAllZeros() {
        assertThat(hello(new HelloBuilder()).ja4()).isEqualTo("t12i010000_0f2cb44170f4_000000000000");
        assertThat(hello(new HelloBuilder().cipherSuites(GREASE)).ja4())
                .isEqualTo("t12i000000_000000000000_000000000000");
    }

    @Test
    void countsEndAtNinetyNine() {
        HelloBuilder many =
                new HelloBuilder().cipherSuites(IntStream.range(0, 99).toArray());
        assertThat(hello(many).ja4()).startsWith("t12i9900");
        many.cipherSuites(IntStream.range(0, 150).toArray());
        for (int type = 1000; type < 1100; type++) {
            many.extension(type);
        }
        assertThat(hello(many).ja4()).startsWith("t12i9999");
    }

    @Test
    void theOrderOfCipherSuitesAndExtensionsDoesNotMatterThatOfAlgorithmsDoes() {
        HelloBuilder one = new HelloBuilder().cipherSuites(1, 2).extension(5).signatureAlgorithms(3, 4);
        HelloBuilder shuffled =
                new HelloBuilder().cipherSuites(2, 1).signatureAlgorithms(3, 4).extension(5);
        HelloBuilder another =
                new HelloBuilder().cipherSuites(1, 2).extension(5).signatureAlgorithms(4, 3);
        assertThat(hello(one).ja4())
                .isEqualTo(hello(shuffled).ja4())
                .isNotEqualTo(hello(another).ja4());
    }
}
