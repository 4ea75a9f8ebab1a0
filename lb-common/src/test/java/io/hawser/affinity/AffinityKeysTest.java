package io.hawser.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.affinity.AffinityKey.Kind;
import io.hawser.net.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AffinityKeysTest {

    /** SHA-256 of "abc" begins so (FIPS 180-2, appendix B.1). */
    private static final AffinityKey ABC =
            new AffinityKey(Kind.TLS_SESSION_ID, 0xba7816bf_8f01cfeaL, 0x414140de_5dae2223L);

    @Test
    void holdsADigestOfWhatPeersSend() {
        byte[] bytes = "abc".getBytes(StandardCharsets.US_ASCII);
        assertThat(AffinityKeys.digest(Kind.TLS_SESSION_ID, bytes)).isEqualTo(ABC);
    }

    @Test
    void takesNothingOutOfTheBufferThatItDigests() {
        ByteBuf buffer = Unpooled.copiedBuffer("xabcx", StandardCharsets.US_ASCII);
        buffer.skipBytes(1).writerIndex(4);
        assertThat(AffinityKeys.digest(Kind.TLS_SESSION_ID, buffer)).isEqualTo(ABC);
        assertThat(buffer.toString(StandardCharsets.US_ASCII)).isEqualTo("abc");
        assertThat(buffer.release()).isTrue();
    }

    @Test
    void digestsABufferThatIsInPieces() {
        ByteBuf buffer = Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer("a", StandardCharsets.US_ASCII),
                Unpooled.copiedBuffer("bc", StandardCharsets.US_ASCII));
        assertThat(AffinityKeys.digest(Kind.TLS_SESSION_ID, buffer)).isEqualTo(ABC);
        assertThat(buffer.release()).isTrue();
    }

    @Test
    void holdsAnAddressAsItIs() {
        IpAddress network = new IpAddress(0x2001_0db8_0000_0000L, 0);
        assertThat(AffinityKeys.clientIp(network)).isEqualTo(new AffinityKey(Kind.CLIENT_IP, network.high(), 0));
    }

    /** Packed tables, and later other nodes' memory, hold the codes: they never change. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void isKnownByItsCode(Kind kind) {
        assertThat(Kind.ofCode(kind.code())).isSameAs(kind);
        assertThat(kind.code())
                .isEqualTo(
                        switch (kind) {
                            case CLIENT_IP -> (byte) 0;
                            case TLS_SESSION_ID -> (byte) 1;
                            case TLS_TICKET -> (byte) 2;
                            case TLS_ISSUER -> (byte) 3;
                        });
        assertThat(kind.label())
                .isEqualTo(
                        switch (kind) {
                            case CLIENT_IP -> "client-ip";
                            case TLS_SESSION_ID -> "tls-session-id";
                            case TLS_TICKET -> "tls-ticket";
                            case TLS_ISSUER -> "tls-issuer";
                        });
    }

    @Test
    void hashesEveryPart() {
        Set<Long> hashes = new HashSet<>();
        for (Kind kind : Kind.values()) {
            for (long high = 0; high < 20; high++) {
                for (long low = 0; low < 20; low++) {
                    hashes.add(new AffinityKey(kind, high << 8, low).hash());
                }
            }
        }
        assertThat(hashes).hasSize(4 * 20 * 20);
    }
}
