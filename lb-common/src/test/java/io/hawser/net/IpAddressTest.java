package io.hawser.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Seeds;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::FFFF:c000:201, 192.0.2.1",
        "0:0:0:0:0:ffff:192.0.2.1, 192.0.2.1",
        "::, ::",
        "0:0:0:0:0:0:0:0, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "::192.0.2.1, ::c000:201",
        "64:ff9b::192.0.2.1, 64:ff9b::c000:201",
        "1:2:3:4:5:6:192.0.2.1, 1:2:3:4:5:6:c000:201",
        "2001:DB8::, 2001:db8::",
        "fe80:1:2:3:4:5:6:7, fe80:1:2:3:4:5:6:7",
    })
    void readsLiteralsAndWritesThemInOneForm(String literal, String canonical) {
        IpAddress address = IpAddress.tryParse(literal);
        assertThat(address).isNotNull().hasToString(canonical);
        assertThat(IpAddress.tryParse(canonical)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "1.2.3.256",
                "1.2.3.4 ",
                "-1.2.3.4",
                "1.2.3.1000000000000000000",
                // Some read a leading zero as octal: 010.1.1.1 would be 8.1.1.1 there.
                "010.1.1.1",
                "1.2.3.04",
                "1.2.3.00",
                "::1.2.3.04",
                "0x7f.0.0.1",
                "\u0661.2.3.4",
                "\uff11.2.3.4",
                ":",
                ":::",
                "1:",
                "::1:",
                ":1",
                ":1:2:3:4:5:6:7:8",
                "1::2::3",
                "1:::2",
                "::1::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4::5:6:7:8",
                "12345::",
                "00001::",
                "g::",
                "-1::",
                "::1.2.3",
                "::1.2.3.4.5",
                "::1.2.3.4:5",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "[::1]",
                "::1/64",
                "fe80::1%eth0",
                ".:1",
                // Java takes the digits of every script, and asks a name server about a text that begins with one.
                "\u0661::1",
                "1::\u0661",
                "\uff21::1"
            })
    void takesNothingElseForALiteral(String text) {
        assertThat(IpAddress.tryParse(text)).isNull();
    }

    @Test
    void readsEveryLiteralAsJavaDoes() {
        Seeds.rounds(5_000, random -> {
            byte[] bytes = new byte[random.nextInt(4) == 0 ? 4 : 16];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
            }
            InetAddress java = InetAddress.getByAddress(bytes);
            IpAddress address = IpAddress.of(java);
            assertThat(address).isEqualTo(IpAddress.ofBytes(bytes));
            assertThat(IpAddress.tryParse(java.getHostAddress())).isEqualTo(address);
            assertThat(InetAddress.getByName(address.toString())).isEqualTo(java);
            assertThat(IpAddress.tryParse(address.toString())).isEqualTo(address);
            assertThat(address.toInetAddress()).isEqualTo(java);
            assertThat(IpAddress.ofBytes(address.toBytes())).isEqualTo(address);
            assertThat(address.isV4()).isEqualTo(java.getAddress().length == 4);
        });
    }

    /** On texts that are nearly literals, Java and we agree but for what is refused on purpose. */
    @Test
    void refusesNearlyWhatJavaRefuses() {
        Seeds.rounds(5_000, random -> {
            String text = nearlyLiteral(random);
            IpAddress address = IpAddress.tryParse(text);
            if (address != null || !isRefusedOnPurpose(text)) {
                assertThat(address).as(text).isEqualTo(java(text));
            }
        });
    }

    private static String nearlyLiteral(Random random) {
        List<String> groups = new ArrayList<>();
        int count = random.nextInt(10);
        for (int i = 0; i < count; i++) {
            groups.add(random.nextInt(5) == 0 ? "" : Integer.toHexString(random.nextInt(1 << random.nextInt(1, 18))));
        }
        String quad = random.ints(random.nextInt(4) == 0 ? random.nextInt(6) : 4, 0, 260)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("."));
        if (random.nextInt(3) == 0) {
            groups.add(quad);
        }
        // Begins with a colon, so that Java never takes it for a name.
        return ":" + (random.nextBoolean() ? ":" : "") + String.join(":", groups);
    }

    private static boolean isRefusedOnPurpose(String text) {
        return text.matches(".*(^|[:])[0-9a-f]{5,}.*|.*(^|[:.])0\\d.*\\..*");
    }

    private static @Nullable IpAddress java(String text) {
        try {
            return IpAddress.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return null;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.255, 24, 64, 192.0.2.0",
        "192.0.2.255, 32, 64, 192.0.2.255",
        "192.0.2.255, 31, 64, 192.0.2.254",
        "192.0.2.255, 0, 64, 0.0.0.0",
        "2001:db8:1:2:ffff:ffff:ffff:ffff, 32, 64, 2001:db8:1:2::",
        "2001:db8:1:2:ffff:ffff:ffff:ffff, 32, 65, 2001:db8:1:2:8000::",
        "2001:db8:1:2:ffff:ffff:ffff:ffff, 32, 63, 2001:db8:1:2::",
        "2001:db8:1:3::1, 32, 63, 2001:db8:1:2::",
        "2001:db8::1, 32, 128, 2001:db8::1",
        "2001:db8::1, 32, 127, 2001:db8::",
        "ffff::1, 32, 1, 8000::",
        "ffff::1, 32, 0, ::",
    })
    void cutsToANetwork(String address, int v4, int v6, String network) {
        assertThat(parse(address).prefix(v4, v6)).isEqualTo(parse(network));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5, 15, 17})
    void hasFourOrSixteenBytes(int length) {
        assertThatThrownBy(() -> IpAddress.ofBytes(new byte[length])).hasMessageContaining("not " + length);
    }

    static IpAddress parse(String literal) {
        IpAddress address = IpAddress.tryParse(literal);
        assertThat(address).as(literal).isNotNull();
        return address;
    }
}
