package io.hawser.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostNameTest {

    @ParameterizedTest
    @CsvSource({
        "shop.example.com, shop.example.com",
        "SHOP.Example.COM., shop.example.com",
        "localhost, localhost",
        "my_service, my_service",
        "bücher.example, xn--bcher-kva.example",
        "BÜCHER.example, xn--bcher-kva.example",
        "例え。テスト, xn--r8jz45g.xn--zckzah",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "1.2.3.4.example, 1.2.3.4.example",
        "3com.com, 3com.com",
    })
    void bringsNamesIntoOneForm(String text, String name) {
        assertThat(HostName.normalize(text)).isEqualTo(name);
        assertThat(HostName.normalizePattern(text)).isEqualTo(name);
        assertThat(HostName.normalizePattern("*." + text)).isEqualTo("*." + name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                ".a",
                "a.b..",
                "-a",
                "a-.b",
                "a b",
                "a/b",
                "*.a",
                "a.*",
                "192.0.2.1",
                "::1",
                "10.0.1",
                "a.1",
                "\u0000",
                "a\u0000b",
                "\ud800",
                "xn--",
                "a\u3002\u3002b"
            })
    void refusesWhatIsNoName(String text) {
        assertThatThrownBy(() -> HostName.normalize(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*.", "**.a", "a*.b", "*a.b", "*.*.b", "a.*.b", "*.192.0.2.1", "*.."})
    void refusesWhatIsNoWildcard(String text) {
        assertThatThrownBy(() -> HostName.normalizePattern(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void boundsLengths() {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(61));
        assertThat(HostName.normalize(longest + ".")).isEqualTo(longest);
        assertThatThrownBy(() -> HostName.normalize(longest + "a")).hasMessageContaining("longer than 253");
        assertThatThrownBy(() -> HostName.normalize("a".repeat(64))).hasMessageContaining("longer than 63");
        assertThatThrownBy(() -> HostName.normalize("ü".repeat(64))).isInstanceOf(IllegalArgumentException.class);
    }
}
