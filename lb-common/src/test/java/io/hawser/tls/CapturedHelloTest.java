package io.hawser.tls;

import static io.hawser.tls.Hellos.hello;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the hellos of real clients say. The tables were filled in by a reader of its own, a short script that shares
 * nothing with this package, so that the two must agree.
 */
class CapturedHelloTest {

    private static final String NAMES_AND_FINGERPRINTS =
            """
            NAME                      | BYTES | SNI              | ALPN        | ECH | JA4
            chromium-1                | 1919  | shop.example.com | h2 http/1.1 | yes | t13d1517h2_8daaf6152771_cb7bf5808d99
            chromium-2                | 1983  | shop.example.com | h2 http/1.1 | yes | t13d1517h2_8daaf6152771_cb7bf5808d99
            chromium-3                | 1951  | shop.example.com | h2 http/1.1 | yes | t13d1517h2_8daaf6152771_cb7bf5808d99
            chromium-4                | 2015  | shop.example.com | h2 http/1.1 | yes | t13d1517h2_8daaf6152771_cb7bf5808d99
            curl-1                    | 512   | shop.example.com | h2 http/1.1 | no  | t13d3112h2_e8f1e7e78f70_b26ce05bbdd6
            curl-by-address-1         | 512   | none             | h2 http/1.1 | no  | t13i3111h2_e8f1e7e78f70_b26ce05bbdd6
            gnutls-tls12-1            | 222   | shop.example.com | none        | no  | t12d251000_7415a186c913_577ffa9d9a5c
            gnutls-tls12-2            | 430   | shop.example.com | none        | no  | t12d251000_7415a186c913_577ffa9d9a5c
            gnutls-tls13-1            | 411   | shop.example.com | h2 http/1.1 | no  | t13d2914h2_723694b0fccc_2cc26d266019
            gnutls-tls13-2            | 682   | shop.example.com | h2 http/1.1 | no  | t13d2915h2_723694b0fccc_e1567aa83b5c
            java17-TLSv1.2-1          | 278   | none             | none        | no  | t12i340900_0ca14b6c4d46_1f7ae294493e
            java17-TLSv1.2-2          | 486   | none             | none        | no  | t12i340900_0ca14b6c4d46_1f7ae294493e
            java17-TLSv1.3-1          | 318   | none             | none        | no  | t13i030700_55b375c5d22e_c1c26d69a8d8
            java17-TLSv1.3-2          | 589   | none             | none        | no  | t13i030800_55b375c5d22e_7d01cb85ed02
            java17-http-1             | 471   | localhost        | h2 http/1.1 | no  | t13d3713h2_db35923f8641_7c76daad20ec
            java25-TLSv1.2-1          | 260   | none             | none        | no  | t12i280900_0df5e5c63df4_f30da352415d
            java25-TLSv1.2-2          | 468   | none             | none        | no  | t12i280900_0df5e5c63df4_f30da352415d
            java25-TLSv1.3-1          | 308   | none             | none        | no  | t13i030700_55b375c5d22e_81ef6f8817e6
            java25-TLSv1.3-2          | 579   | none             | none        | no  | t13i030800_55b375c5d22e_bfb2ababa5f5
            java25-http-1             | 453   | localhost        | h2 http/1.1 | no  | t13d3113h2_1d947a95fc68_7e1102d2036b
            java25-http-2             | 724   | localhost        | h2 http/1.1 | no  | t13d3114h2_1d947a95fc68_d6a918353cf0
            node-1                    | 369   | shop.example.com | none        | no  | t13d591000_a33745022dd6_1f22a2ca17c4
            node-2                    | 640   | shop.example.com | none        | no  | t13d591100_a33745022dd6_dbd39dd1d406
            openssl-any-1             | 317   | shop.example.com | none        | no  | t13d311000_e8f1e7e78f70_1f22a2ca17c4
            openssl-any-2             | 588   | shop.example.com | none        | no  | t13d311100_e8f1e7e78f70_dbd39dd1d406
            openssl-retry-1           | 229   | shop.example.com | none        | no  | t13d041000_16476d049b0b_78f1d400d464
            openssl-retry-2           | 500   | shop.example.com | none        | no  | t13d041100_16476d049b0b_6775ac8fe30b
            openssl-tls12-1           | 223   | shop.example.com | http/1.1    | no  | t12d2808h1_d943125447b4_e7e480e5a997
            openssl-tls12-2           | 431   | shop.example.com | http/1.1    | no  | t12d2808h1_d943125447b4_e7e480e5a997
            openssl-tls12-no-ticket-1 | 204   | shop.example.com | none        | no  | t12d280600_d943125447b4_a44c6288192a
            openssl-tls12-no-ticket-2 | 236   | shop.example.com | none        | no  | t12d280600_d943125447b4_a44c6288192a
            openssl-tls13-1           | 263   | shop.example.com | h2 http/1.1 | no  | t13d0411h2_16476d049b0b_78f1d400d464
            openssl-tls13-2           | 534   | shop.example.com | h2 http/1.1 | no  | t13d0412h2_16476d049b0b_6775ac8fe30b
            openssl-tls13-stateful-1  | 245   | shop.example.com | none        | no  | t13d041000_16476d049b0b_78f1d400d464
            openssl-tls13-stateful-2  | 340   | shop.example.com | none        | no  | t13d041100_16476d049b0b_6775ac8fe30b
            """;

    private static final String VERSIONS_AND_GROUPS =
            """
            NAME                      | VERSIONS            | GROUPS                             | KEYS FOR
            chromium-1                | 8a8a 0304 0303      | 9a9a 11ec 001d 0017 0018           | 9a9a 11ec 001d
            chromium-2                | 2a2a 0304 0303      | fafa 11ec 001d 0017 0018           | fafa 11ec 001d
            chromium-3                | 3a3a 0304 0303      | caca 11ec 001d 0017 0018           | caca 11ec 001d
            chromium-4                | fafa 0304 0303      | 2a2a 11ec 001d 0017 0018           | 2a2a 11ec 001d
            curl-1                    | 0304 0303 0302 0301 | 001d 0017 001e 0019 0018 0100-0104 | 001d
            curl-by-address-1         | 0304 0303 0302 0301 | 001d 0017 001e 0019 0018 0100-0104 | 001d
            gnutls-tls12-1            | none                | 0017 0018 0019 001d 001e 0100-0104 | none
            gnutls-tls12-2            | none                | 0017 0018 0019 001d 001e 0100-0104 | none
            gnutls-tls13-1            | 0304 0303 0302 0301 | 0017 0018 0019 001d 001e 0100-0104 | 0017 001d
            gnutls-tls13-2            | 0304 0303 0302 0301 | 0017 0018 0019 001d 001e 0100-0104 | 0017 001d
            java17-TLSv1.2-1          | 0303                | 001d 0017 0018 0019 001e 0100-0104 | none
            java17-TLSv1.2-2          | 0303                | 001d 0017 0018 0019 001e 0100-0104 | none
            java17-TLSv1.3-1          | 0304                | 001d 0017 0018 0019 001e 0100-0104 | 001d 0017
            java17-TLSv1.3-2          | 0304                | 001d 0017 0018 0019 001e 0100-0104 | 001d 0017
            java17-http-1             | 0304 0303           | 001d 0017 0018 0019 001e 0100-0104 | 001d 0017
            java25-TLSv1.2-1          | 0303                | 001d 0017 0018 0019 001e 0100-0104 | none
            java25-TLSv1.2-2          | 0303                | 001d 0017 0018 0019 001e 0100-0104 | none
            java25-TLSv1.3-1          | 0304                | 001d 0017 0018 0019 001e 0100-0104 | 001d 0017
            java25-TLSv1.3-2          | 0304                | 001d 0017 0018 0019 001e 0100-0104 | 001d 0017
            java25-http-1             | 0304 0303           | 001d 0017 0018 0019 001e 0100-0104 | 001d 0017
            java25-http-2             | 0304 0303           | 001d 0017 0018 0019 001e 0100-0104 | 001d 0017
            node-1                    | 0304 0303           | 001d 0017 001e 0019 0018 0100-0104 | 001d
            node-2                    | 0304 0303           | 001d 0017 001e 0019 0018 0100-0104 | 001d
            openssl-any-1             | 0304 0303 0302 0301 | 001d 0017 001e 0019 0018 0100-0104 | 001d
            openssl-any-2             | 0304 0303 0302 0301 | 001d 0017 001e 0019 0018 0100-0104 | 001d
            openssl-retry-1           | 0304                | 001d 0019                          | 001d
            openssl-retry-2           | 0304                | 001d 0019                          | 001d
            openssl-tls12-1           | none                | 001d 0017 001e 0019 0018           | none
            openssl-tls12-2           | none                | 001d 0017 001e 0019 0018           | none
            openssl-tls12-no-ticket-1 | none                | 001d 0017 001e 0019 0018           | none
            openssl-tls12-no-ticket-2 | none                | 001d 0017 001e 0019 0018           | none
            openssl-tls13-1           | 0304                | 001d 0017 001e 0019 0018 0100-0104 | 001d
            openssl-tls13-2           | 0304                | 001d 0017 001e 0019 0018 0100-0104 | 001d
            openssl-tls13-stateful-1  | 0304                | 001d 0017 001e 0019 0018 0100-0104 | 001d
            openssl-tls13-stateful-2  | 0304                | 001d 0017 001e 0019 0018 0100-0104 | 001d
            """;

    /** Of longer values the length, and the first and the last bytes. The servers' first key is 44a38e50. */
    private static final String SESSIONS =
            """
            NAME                      | SESSION ID         | TICKET              | PRE-SHARED KEY      | AGE
            chromium-1                | 32: 829c6c37..90e7 | none                | none                | none
            chromium-2                | 32: 96745fa3..9ddd | none                | none                | none
            chromium-3                | 32: 49aa38e3..3e21 | none                | none                | none
            chromium-4                | 32: ec5d8a3c..039c | none                | none                | none
            curl-1                    | 32: 763a437a..fb70 | none                | none                | none
            curl-by-address-1         | 32: 36b11f91..62f7 | none                | none                | none
            gnutls-tls12-1            | none               | none                | none                | none
            gnutls-tls12-2            | 32: 72bd2145..9774 | 176: 44a38e50..7405 | none                | none
            gnutls-tls13-1            | 32: e9ce95ea..7be8 | none                | none                | none
            gnutls-tls13-2            | 32: e9ce95ea..7be8 | none                | 208: 44a38e50..3290 | 2853879117
            java17-TLSv1.2-1          | none               | none                | none                | none
            java17-TLSv1.2-2          | 32: d6abc6aa..6ebf | 176: 44a38e50..5a75 | none                | none
            java17-TLSv1.3-1          | 32: 0afaca20..93d6 | none                | none                | none
            java17-TLSv1.3-2          | 32: 04808cdf..84c7 | none                | 208: 44a38e50..df51 | 1490529763
            java17-http-1             | 32: ee147874..9892 | none                | none                | none
            java25-TLSv1.2-1          | none               | none                | none                | none
            java25-TLSv1.2-2          | 32: d9f32f5b..3b3b | 176: 44a38e50..ddec | none                | none
            java25-TLSv1.3-1          | 32: f47bbc6c..1016 | none                | none                | none
            java25-TLSv1.3-2          | 32: 4a7c7972..57b5 | none                | 208: 44a38e50..23ca | 937267777
            java25-http-1             | 32: 25e1e230..fe55 | none                | none                | none
            java25-http-2             | 32: a14d254f..8612 | none                | 208: 44a38e50..0ef7 | 1529842580
            node-1                    | 32: dae274d4..e23f | none                | none                | none
            node-2                    | 32: 13631638..84f1 | none                | 208: 44a38e50..6e12 | 3771031233
            openssl-any-1             | 32: bffcd524..9746 | none                | none                | none
            openssl-any-2             | 32: 90e1d277..b663 | none                | 208: 44a38e50..7f6b | 430495137
            openssl-retry-1           | 32: 2d872f1c..5d16 | none                | none                | none
            openssl-retry-2           | 32: 43cd4d60..9f4e | none                | 208: 66b2c06d..2197 | 3524414749
            openssl-tls12-1           | none               | none                | none                | none
            openssl-tls12-2           | 32: 6b850d94..7f3c | 176: 44a38e50..d238 | none                | none
            openssl-tls12-no-ticket-1 | none               | none                | none                | none
            openssl-tls12-no-ticket-2 | 32: 902d9ea3..3a8d | none                | none                | none
            openssl-tls13-1           | 32: ab832297..88fe | none                | none                | none
            openssl-tls13-2           | 32: 10d28cf1..7d42 | none                | 208: 44a38e50..203b | 4149842087
            openssl-tls13-stateful-1  | 32: 00197ea8..a0de | none                | none                | none
            openssl-tls13-stateful-2  | 32: 6e8cd142..8523 | none                | 32: 38a33e5f..00aa  | 3546917539
            """;

    @Test
    void theTablesHaveEveryCapture() {
        for (String table : List.of(NAMES_AND_FINGERPRINTS, VERSIONS_AND_GROUPS, SESSIONS)) {
            assertThat(table.lines().skip(1).map(line -> line.substring(0, line.indexOf(' '))))
                    .containsExactlyElementsOf(Captures.names());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = NAMES_AND_FINGERPRINTS, delimiter = '|', nullValues = "none", useHeadersInDisplayName = true)
    void namesAndFingerprints(
            String name, int bytes, @Nullable String serverName, @Nullable String alpn, String ech, String ja4) {
        ClientHello hello = hello(Captures.wire(name));
        assertThat(hello.sizeInBytes()).isEqualTo(bytes);
        assertThat(hello.wireBytes()).isEqualTo(bytes + 5);
        assertThat(hello.recordCount()).isEqualTo(1);
        assertThat(hello.serverName()).isEqualTo(serverName);
        assertThat(hello.alpn()).isEqualTo(words(alpn));
        assertThat(hello.offersEch()).isEqualTo(ech.equals("yes"));
        assertThat(hello.ja4()).isEqualTo(ja4);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = VERSIONS_AND_GROUPS, delimiter = '|', nullValues = "none", useHeadersInDisplayName = true)
    void versionsAndGroups(String name, @Nullable String versions, String groups, @Nullable String keyShares) {
        ClientHello hello = hello(Captures.wire(name));
        assertThat(hello.legacyVersion()).isEqualTo(0x0303);
        assertThat(hex(hello.supportedVersions())).isEqualTo(words(versions));
        assertThat(hello.highestVersion()).isEqualTo(words(versions).contains("0304") ? 0x0304 : 0x0303);
        assertThat(hex(hello.supportedGroups())).isEqualTo(words(groups));
        assertThat(hex(hello.keyShareGroups())).isEqualTo(words(keyShares));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = SESSIONS, delimiter = '|', nullValues = "none", useHeadersInDisplayName = true)
    void sessions(
            String name,
            @Nullable String sessionId,
            @Nullable String ticket,
            @Nullable String psk,
            @Nullable Long age) {
        ClientHello hello = hello(Captures.wire(name));
        assertThat(shape(hello.sessionId())).isEqualTo(sessionId);
        assertThat(shape(hello.sessionTicket())).isEqualTo(ticket);
        assertThat(hello.offersPsk()).isEqualTo(psk != null);
        assertThat(hello.offersEarlyData()).isFalse();
        if (psk == null) {
            assertThat(hello.pskIdentities()).isEmpty();
        } else {
            assertThat(hello.pskIdentities()).hasSize(1);
            assertThat(shape(hello.pskIdentities().get(0).identity())).isEqualTo(psk);
            assertThat(hello.pskIdentities().get(0).obfuscatedTicketAge()).isEqualTo(age);
        }
    }

    private static List<String> words(@Nullable String text) {
        List<String> words = new ArrayList<>();
        for (String word : text == null ? new String[0] : text.split(" ")) {
            if (word.equals("0100-0104")) {
                words.addAll(List.of("0100", "0101", "0102", "0103", "0104"));
            } else {
                words.add(word);
            }
        }
        return words;
    }

    private static List<String> hex(CodePoints values) {
        return values.stream().mapToObj("%04x"::formatted).collect(Collectors.toList());
    }

    private static @Nullable String shape(byte[] bytes) {
        if (bytes.length == 0) {
            return null;
        }
        HexFormat hex = HexFormat.of();
        int end = bytes.length;
        return end + ": " + hex.formatHex(Arrays.copyOf(bytes, 4)) + ".." + hex.formatHex(bytes, end - 2, end);
    }
}
