package io.hawser.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.WatchedBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * What must hold of any bytes that a client sends, right ones, wrong ones and hostile ones: reading them never throws,
 * never looks at bytes that were not received, does not depend on how they come, and what is accepted keeps the
 * promises of {@link ClientHello}.
 */
final class HelloInvariants {

    private static final Pattern HOST_NAME = Pattern.compile("(?!.{254})[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");
    private static final Pattern DOTTED_QUAD = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern JA4 =
            Pattern.compile("t(13|12|11|10|s3|s2|00)[di]\\d{4}[0-9A-Za-z]{2}(_[0-9a-f]{12}){2}");

    private HelloInvariants() {}

    /**
     * Reads the bytes at once and in pieces.
     *
     * @param random draws the pieces
     * @return what they are, both ways
     */
    static HelloResult check(byte[] received, Random random) {
        HelloResult atOnce = new ClientHelloReader().read(new WatchedBuffer(received));
        sameInPieces(received, atOnce, random);
        if (atOnce instanceof HelloResult.Complete complete) {
            keepsItsPromises(complete.hello(), received.length);
            endsAtItsLastByte(complete.hello(), received);
        } else if (atOnce instanceof HelloResult.NeedMore) {
            assertThat(received.length).isLessThan(new ClientHelloReader().maxWireBytes());
        }
        return atOnce;
    }

    private static void sameInPieces(byte[] received, HelloResult atOnce, Random random) {
        ClientHelloReader reader = new ClientHelloReader();
        WatchedBuffer soFar = new WatchedBuffer(received);
        HelloResult result = HelloResult.NEED_MORE;
        for (int count = 0; count < received.length; ) {
            count = Math.min(received.length, count + 1 + random.nextInt(1 + random.nextInt(received.length)));
            result = reader.read(soFar.receivedSoFar(count));
        }
        if (atOnce instanceof HelloResult.Complete complete) {
            assertThat(result).isInstanceOf(HelloResult.Complete.class);
            ClientHello hello = ((HelloResult.Complete) result).hello();
            assertThat(HelloFacts.of(hello)).isEqualTo(HelloFacts.of(complete.hello()));
            assertThat(hello.wireBytes()).isEqualTo(complete.hello().wireBytes());
        } else {
            assertThat(result).isEqualTo(atOnce);
        }
        assertThat(soFar.bytesRead()).isLessThanOrEqualTo(10L * received.length);
    }

    private static void keepsItsPromises(ClientHello hello, int received) {
        String name = hello.serverName();
        if (name != null) {
            assertThat(name).matches(HOST_NAME);
            assertThat(name).isEqualTo(name.toLowerCase(Locale.ROOT));
            if (DOTTED_QUAD.matcher(name).matches()) {
                assertThat(List.of(name.split("\\."))).anyMatch(part -> Integer.parseInt(part) > 255);
            }
            assertThat(hello.extensions().contains(ExtensionType.SERVER_NAME)).isTrue();
        }
        assertThat(hello.alpn()).allMatch(protocol -> !protocol.isEmpty() && protocol.length() <= 255);
        assertThat(hello.legacyVersion()).isBetween(0x0300, 0xffff);
        assertThat(hello.sessionId()).hasSizeLessThanOrEqualTo(32);
        assertThat(hello.cipherSuites().size()).isPositive();
        for (int i = 1; i < hello.extensions().size(); i++) {
            assertThat(hello.extensions().get(i))
                    .isGreaterThan(hello.extensions().get(i - 1));
        }
        boolean psk = hello.extensions().contains(ExtensionType.PRE_SHARED_KEY);
        assertThat(hello.offersPsk()).isEqualTo(psk);
        assertThat(hello.pskIdentities().isEmpty()).isNotEqualTo(psk);
        assertThat(hello.pskIdentities()).allMatch(identity -> identity.identity().length > 0);
        assertThat(hello.supportedVersions().size() > 0)
                .isEqualTo(hello.extensions().contains(ExtensionType.SUPPORTED_VERSIONS));
        assertThat(hello.alpn().isEmpty()).isNotEqualTo(hello.extensions().contains(ExtensionType.ALPN));
        assertThat(hello.ja4()).matches(JA4).isSameAs(hello.ja4());
        assertThat(hello.sizeInBytes()).isBetween(4 + 2 + 32 + 1 + 4 + 2, ClientHelloReader.DEFAULT_MAX_BYTES);
        assertThat(hello.wireBytes()).isEqualTo(hello.sizeInBytes() + 5 * hello.recordCount());
        assertThat(hello.wireBytes()).isLessThanOrEqualTo(received);
    }

    private static void endsAtItsLastByte(ClientHello hello, byte[] received) {
        HelloResult oneLess =
                new ClientHelloReader().read(new WatchedBuffer(received).receivedSoFar(hello.wireBytes() - 1));
        assertThat(oneLess).isEqualTo(HelloResult.NEED_MORE);
        HelloResult whole = new ClientHelloReader().read(new WatchedBuffer(received).receivedSoFar(hello.wireBytes()));
        assertThat(whole).isInstanceOf(HelloResult.Complete.class);
    }
}
