package io.hawser.node.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.config.ConfigReader;
import io.hawser.config.ConfigResult;
import io.hawser.config.Defaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NodeFileTest {

    private static final DemoNetwork NETWORK = new DemoNetwork(77, 3);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyNodesFileIsValid(boolean affinity) {
        NodeFile files = new NodeFile(NETWORK, 9, 3, affinity);
        for (int i = 1; i <= 9; i++) {
            assertThat(ConfigReader.read("demo.yml", files.of(i), new Defaults("host")))
                    .isInstanceOf(ConfigResult.Valid.class);
        }
    }

    @Test
    void nobodySharesAnAddress() {
        String first = new NodeFile(NETWORK, 3, 3, true).of(1);
        String second = new NodeFile(NETWORK, 3, 3, true).of(2);
        assertThat(first).contains("address: 127.77.3.1,", "127.77.3.1:9900", "127.77.3.100:8443", "127.77.3.201:9443");
        assertThat(second).contains("address: 127.77.3.2,", "127.77.3.2:9900", "127.77.3.100:8443");
    }
}
