package io.hawser.node.lbctl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TerminalSizeTest {

    @Test
    void isWhatSttySays() {
        assertThat(TerminalSize.parse("50 132\n")).isEqualTo(new TerminalSize(50, 132));
        assertThat(TerminalSize.parse("0 0")).as("a terminal that doesn't know").isEqualTo(new TerminalSize(24, 80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "80", "24 80 1", "24x80", "-1 80", "24 99999", "stty: 'standard input': no tty"})
    void isNoTerminal(String text) {
        assertThat(TerminalSize.parse(text)).isNull();
    }
}
