package io.hawser.tls;

import static io.hawser.tls.HelloBuilder.bytes;
import static io.hawser.tls.HelloBuilder.concat;
import static io.hawser.tls.HelloBuilder.shorts;
import static io.hawser.tls.HelloBuilder.vector16;
import static io.hawser.tls.Hellos.hello;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
