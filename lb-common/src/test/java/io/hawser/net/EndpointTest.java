package io.hawser.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EndpointTest {

    @ParameterizedTest
    @CsvSource({
        "shop.example.com:443, shop.example.com, 443",
        "192.0.2.1:0, 192.0.2.1, 0",
        "[::1]:65535, ::1, 65535",
        "[2001:db8::1]:80, 2001:db8::1, 80",
    })
    void readsWhatItWrites(String text, String host, int port) {
        Endpoint endpoint = Endpoint.parse(text);
        assertThat(endpoint).isEqualTo(new Endpoint(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "host, has no port",
        "[::1], has no port",
        "::1, more than one ':'",
        "::1:80, more than one ':'",
        ":80, has no host",
        "[]:80, not an IPv6 address",
        "[192.0.2.1]:80, not an IPv6 address",
        "[host:1]:80, not an IPv6 address",
        "[fe80::1%eth0]:80, not an IPv6 address",
        "host:, is not a number between 0 and 65535",
        "host:65536, is not a number between 0 and 65535",
        "host:-1, is not a number between 0 and 65535",
        "host:+1, is not a number between 0 and 65535",
        "host:99999999999, is not a number between 0 and 65535",
        "host:\u0664\u0664\u0663, is not a number between 0 and 65535",
    })
    void saysWhatIsWrong(String text, String what) {
        assertThatThrownBy(() -> Endpoint.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
    }

    @Test
    void hasAHostAndAPortThatExists() {
        assertThatThrownBy(() -> new Endpoint("", 1)).hasMessageContaining("empty");
        assertThatThrownBy(() -> new Endpoint("host", -1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new Endpoint("host", 65536)).hasMessageContaining("65536");
    }
}
