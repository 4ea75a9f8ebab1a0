package io.hawser.net;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Seeds;
import org.junit.jupiter.api.Test;

/** RFC 5952 sections 4 and 5. */
final class IpAddressTextTest {

    @Test
    void writesAddressesTheOneWayThatEveryoneCompares() {
        assertThat(text("2001:0DB8:0:0:0:0:0:1")).isEqualTo("2001:db8::1");
        assertThat(text("2001:db8:0:1:1:1:1:1")).as("one zero stays").isEqualTo("2001:db8:0:1:1:1:1:1");
        assertThat(text("2001:0:0:1:0:0:0:1")).as("the longest run").isEqualTo("2001:0:0:1::1");
        assertThat(text("2001:db8:0:0:1:0:0:1")).as("the first of equals").isEqualTo("2001:db8::1:0:0:1");
        assertThat(text("2001:db8::")).isEqualTo("2001:db8::");
        assertThat(text("::1")).isEqualTo("::1");
        assertThat(text("::")).isEqualTo("::");
        assertThat(text("fe80:1:2:3:4:5:6:7")).isEqualTo("fe80:1:2:3:4:5:6:7");
        assertThat(text("::ffff:192.0.2.1")).as("IPv4 by its own form").isEqualTo("192.0.2.1");
        assertThat(text("192.0.2.1")).isEqualTo("192.0.2.1");
    }

    @Test
    void isReadBackAsTheSameAddress() {
        Seeds.rounds(2_000, random -> {
            byte[] bytes = new byte[16];
            for (int i = 0; i < 16; i += 2) {
                bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : 0);
                bytes[i + 1] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : 0);
            }
            IpAddress address = IpAddress.ofBytes(bytes);

            assertThat(IpAddress.tryParse(address.toString())).isEqualTo(address);
        });
    }

    private static String text(String literal) {
        return requireNonNull(IpAddress.tryParse(literal)).toString();
    }
}
