package io.hawser.proxyprotocol;

import static io.hawser.proxyprotocol.Headers.concat;
import static io.hawser.proxyprotocol.Headers.header;
import static io.hawser.proxyprotocol.Headers.latin1;
import static io.hawser.proxyprotocol.Headers.tlv;
import static io.hawser.proxyprotocol.Headers.v2;
import static io.hawser.proxyprotocol.Headers.written;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.IpAddress;
import io.hawser.testing.Mutations;
import io.hawser.testing.Seeds;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Headers drawn at random, and headers that something broke. */
class RandomHeaderTest {

    @Test
    void whatIsWrittenIsReadBack() {
        Seeds.rounds(5_000, random -> {
            ProxyHeader header = draw(random);
            assertThat(header(written(ProxyHeaderWriter::writeV2, header))).isEqualTo(header);
            assertThat(header(written(ProxyHeaderWriter::writeV1, header)))
                    .isEqualTo(new ProxyHeader(header.source(), header.destination()));
        });
    }

    @Test
    void brokenHeadersDoNoHarm() {
        Seeds.rounds(5_000, random -> {
            byte[] broken = random.nextInt(3) == 0
                    ? written(ProxyHeaderWriter::writeV1, draw(random))
                    : written(ProxyHeaderWriter::writeV2, draw(random));
            for (int i = random.nextInt(3); i >= 0; i--) {
                broken = Mutations.mutate(broken, random);
            }
            HeaderInvariants.check(broken, random);
        });
    }

    /** Without a checksum to stop them, mutations reach what reads the additions. */
    @Test
    void brokenAdditionsDoNoHarm() {
        Seeds.rounds(5_000, random -> {
            byte[] additions = concat(
                    tlv(Tlv.AUTHORITY, latin1("shop.example.com")),
                    tlv(4, new byte[random.nextInt(4)]),
                    tlv(Tlv.ALPN, latin1("h2")),
                    tlv(Tlv.UNIQUE_ID, new byte[random.nextInt(130)]));
            for (int i = random.nextInt(3); i >= 0; i--) {
                additions = Mutations.mutate(additions, random);
            }
            byte[] addresses = new byte[List.of(12, 36, 216).get(random.nextInt(3))];
            random.nextBytes(addresses);
            HeaderInvariants.check(v2(0x21, random.nextInt(4) * 16 + 1, addresses, additions), random);
        });
    }

    @Test
    void noiseDoesNoHarm() {
        Seeds.rounds(5_000, random -> {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            byte[] start = random.nextBoolean() ? latin1("PROXY TCP") : concat(Headers.SIGNATURE, Headers.bytes(0x21));
            HeaderInvariants.check(concat(start, noise), random);
        });
    }

    private static ProxyHeader draw(Random random) {
        return new ProxyHeader(
                end(random),
                end(random),
                random.nextBoolean() ? null : text(random, random.nextInt(80), 0xd7ff),
                random.nextBoolean() ? null : text(random, random.nextInt(256), 0xff),
                random.nextBoolean() ? null : text(random, 1 + random.nextInt(128), 0xff));
    }

    private static TransportAddress end(Random random) {
        byte[] address = new byte[random.nextInt(3) == 0 ? 16 : 4];
        random.nextBytes(address);
        return new TransportAddress(IpAddress.ofBytes(address), random.nextInt(65536));
    }

    private static @Nullable String text(Random random, int length, int highest) {
        StringBuilder text = new StringBuilder();
        random.ints(length, 0, highest + 1).forEach(c -> text.append((char) c));
        return text.toString();
    }
}
