package io.hawser.proxyprotocol;

import static io.hawser.proxyprotocol.Headers.end;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {

    private static final TransportAddress END = end("192.0.2.1", 443);

    @Test
    void hasBothEndsOrNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ProxyHeader(END, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new ProxyHeader(null, END));
        assertThat(new ProxyHeader(null, null)).isEqualTo(ProxyHeader.LOCAL);
    }

    @Test
    void uniqueIdsHave1To128Bytes() {
        assertThat(new ProxyHeader(END, END, null, null, "x".repeat(128)).uniqueId())
                .hasSize(128);
        assertThatIllegalArgumentException().isThrownBy(() -> new ProxyHeader(END, END, null, null, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new ProxyHeader(END, END, null, null, "x".repeat(129)));
    }

    @Test
    void protocolsAndUniqueIdsAreBytes() {
        assertThat(new ProxyHeader(END, END, "b\u00fccher\u0416", "\u00ff", "\u00ff").alpn())
                .isEqualTo("\u00ff");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProxyHeader(END, END, null, "\u0100", null))
                .withMessageContaining("ALPN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProxyHeader(END, END, null, null, "\u0416"))
                .withMessageContaining("unique id");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536})
    void portsHave16Bits(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> end("192.0.2.1", port))
                .withMessageContaining("port " + port);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 443, 192.0.2.1:443", "2001:db8::1, 0, [2001:db8::1]:0", "::ffff:1.2.3.4, 5, 1.2.3.4:5"})
    void endsPrintAsTheyAreConfigured(String address, int port, String text) {
        assertThat(end(address, port)).hasToString(text);
    }
}
