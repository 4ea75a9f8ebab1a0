package io.hawser.node.probe;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.node.probe.ProbeSettings.Check;
import io.hawser.node.probe.ProbeSettings.ProxyHeaderVersion;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing gets into a request that would make another one of it. */
final class ProbeSettingsTest {

    private static ProbeSettings with(String name, String path, int from, int to) {
        return new ProbeSettings(
                Check.HTTP, Duration.ofSeconds(1), name, path, from, to, PeerTrust.anyone(), ProxyHeaderVersion.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\r\nX: y", "a/b", "a:80", "bücher.example", "Shop.example", "shop.example."})
    void refusesNamesThatAreNone(String name) {
        assertThatThrownBy(() -> with(name, "/", 200, 200)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "healthz", "/a b", "/a\r\nX: y", "/ü", "/\u0000"})
    void refusesPathsThatAreNone(String path) {
        assertThatThrownBy(() -> with("a", path, 200, 200)).hasMessageContaining("begins with '/'");
    }

    @ParameterizedTest
    @CsvSource({"99, 200", "200, 600", "300, 200"})
    void refusesStatusesThatAreNone(int from, int to) {
        assertThatThrownBy(() -> with("a", "/", from, to)).hasMessageContaining("within 100-599");
    }
}
