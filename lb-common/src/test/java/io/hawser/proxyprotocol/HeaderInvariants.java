package io.hawser.proxyprotocol;

import static io.hawser.proxyprotocol.Headers.header;
import static io.hawser.proxyprotocol.Headers.written;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.WatchedBuffer;
import java.util.Random;

/**
 * What must hold of any bytes that stand where a header should: reading them never throws, never looks at bytes that
 * were not received, does not depend on how they come, and what is accepted can be said again.
 */
final class HeaderInvariants {

    private HeaderInvariants() {}

    /**
     * Reads the bytes at once and in pieces.
     *
     * @param random draws the pieces
     * @return what they are, both ways
     */
    static ProxyResult check(byte[] received, Random random) {
        ProxyResult atOnce = new ProxyHeaderReader().read(new WatchedBuffer(received));
        sameInPieces(received, atOnce, random);
        if (atOnce instanceof ProxyResult.Complete complete) {
            endsAtItsLastByte(complete, received);
            canBeSaidAgain(complete.header());
        } else if (atOnce instanceof ProxyResult.NeedMore) {
            assertThat(received.length).isLessThan(ProxyHeaderReader.DEFAULT_MAX_BYTES);
        }
        return atOnce;
    }

    private static void sameInPieces(byte[] received, ProxyResult atOnce, Random random) {
        ProxyHeaderReader reader = new ProxyHeaderReader();
        WatchedBuffer soFar = new WatchedBuffer(received);
        ProxyResult result = ProxyResult.NEED_MORE;
        for (int count = 0; count < received.length; ) {
            count = Math.min(received.length, count + 1 + random.nextInt(1 + random.nextInt(received.length)));
            result = reader.read(soFar.receivedSoFar(count));
        }
        assertThat(result).isEqualTo(atOnce);
    }

    private static void endsAtItsLastByte(ProxyResult.Complete complete, byte[] received) {
        WatchedBuffer buffer = new WatchedBuffer(received);
        assertThat(ProxyHeaderReader.looksLikeHeader(buffer)).isTrue();
        assertThat(ProxyHeaderReader.mayBecomeHeader(buffer)).isFalse();
        assertThat(new ProxyHeaderReader().read(buffer.receivedSoFar(complete.length() - 1)))
                .isEqualTo(ProxyResult.NEED_MORE);
        assertThat(new ProxyHeaderReader().read(buffer.receivedSoFar(complete.length())))
                .isEqualTo(complete);
    }

    private static void canBeSaidAgain(ProxyHeader header) {
        byte[] v1 = written(ProxyHeaderWriter::writeV1, header);
        assertThat(v1).hasSizeLessThanOrEqualTo(107);
        assertThat(header(v1)).isEqualTo(new ProxyHeader(header.source(), header.destination()));
        byte[] v2 = written(ProxyHeaderWriter::writeV2, header);
        if (v2.length <= ProxyHeaderReader.DEFAULT_MAX_BYTES) {
            assertThat(header(v2)).isEqualTo(header.source() == null ? ProxyHeader.LOCAL : header);
        }
    }
}
