package io.hawser.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "10.1.2.3/8, 10.0.0.0/8",
        "10.1.2.3, 10.1.2.3/32",
        "0.0.0.0/0, 0.0.0.0/0",
        "2001:db8::1/32, 2001:db8::/32",
        "2001:db8::1, 2001:db8::1/128",
        "::/0, ::/0",
        "::ffff:10.1.2.3/8, 10.0.0.0/8",
    })
    void readsNetworks(String text, String network) {
        assertThat(Cidr.parse(text)).hasToString(network).isEqualTo(Cidr.parse(network));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/1000",
                "10.0.0.0/8/8",
                "::/129",
                "10.0.0/8",
                "host/8",
                "10.0.0.0 /8",
                "10.0.0.0/\u0668"
            })
    void refusesWhatIsNoNetwork(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsFamiliesApart() {
        assertThat(Cidr.parse("::/0").contains(IpAddressTest.parse("10.0.0.1"))).isFalse();
        assertThat(Cidr.parse("0.0.0.0/0").contains(IpAddressTest.parse("::1"))).isFalse();
        assertThat(Cidr.parse("10.0.0.0/8").contains(IpAddressTest.parse("::ffff:10.2.3.4")))
                .isTrue();
    }
}
