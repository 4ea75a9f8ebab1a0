package io.hawser.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostPatternTest {

    @ParameterizedTest
    @CsvSource({
        "shop.example.com, false, shop.example.com",
        "Shop.EXAMPLE.com., false, shop.example.com",
        "*.example.com, true, example.com",
        "*.Example.COM., true, example.com",
        "*.com, true, com",
        "localhost, false, localhost",
        "my_service, false, my_service",
        "xn--bcher-kva.example, false, xn--bcher-kva.example",
    })
    void readsNamesAndWildcards(String text, boolean wildcard, String name) {
        HostPattern pattern = HostPattern.parse(text);
        assertThat(pattern).isEqualTo(new HostPattern(wildcard, name));
        assertThat(pattern).hasToString(wildcard ? "*." + name : name);
    }

    @ParameterizedTest
    @CsvSource({
        "'', is empty",
        "*., is empty",
        "*, isn't the whole leftmost label",
        "**.a, isn't the whole leftmost label",
        "a*.b, isn't the whole leftmost label",
        "a.*.b, isn't the whole leftmost label",
        "*.*.b, isn't the whole leftmost label",
        "a..b, a label of 0 characters",
        ".a, a label of 0 characters",
        "a.., a label of 0 characters",
        "bücher.example, write A-labels",
        "a b, the character ' '",
        "a:443, the character ':'",
    })
    void saysWhatIsWrong(String text, String what) {
        assertThatThrownBy(() -> HostPattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
    }

    @Test
    void isAsLongAsDnsAllows() {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(61));
        assertThat(HostPattern.parse(longest).name()).isEqualTo(longest);
        assertThatThrownBy(() -> HostPattern.parse(longest + "a")).hasMessageContaining("254 characters");
        assertThatThrownBy(() -> HostPattern.parse(label + "a.b")).hasMessageContaining("a label of 64 characters");
    }

    @Test
    void holdsTheFormThatIsCompared() {
        assertThatThrownBy(() -> new HostPattern(false, "Shop.example")).hasMessageContaining("not in lower case");
        assertThatThrownBy(() -> new HostPattern(false, "shop.example.")).isInstanceOf(IllegalArgumentException.class);
    }
}
