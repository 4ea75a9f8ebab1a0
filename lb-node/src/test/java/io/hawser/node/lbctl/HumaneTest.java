package io.hawser.node.lbctl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HumaneTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1536, 1.5 KiB",
        "10188, 9.9 KiB",
        "10189, 10 KiB",
        "1048063, 1023 KiB",
        "1048064, 1.0 MiB",
        "5368709120, 5.0 GiB",
        "9223372036854775807, 8.0 EiB"
    })
    void bytesHaveTwoToFourDigits(long bytes, String text) {
        assertThat(Humane.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "0.04, 0.0s",
        "0.42, 0.4s",
        "3, 3s",
        "9.96, 10s",
        "59.4, 59s",
        "59.6, 1m",
        "61, 1m01s",
        "192, 3m12s",
        "3599, 59m59s",
        "3600, 1h",
        "3659, 1h",
        "3660, 1h01m",
        "18180, 5h03m",
        "86399, 23h59m",
        "86400, 1d",
        "1051200, 12d4h"
    })
    void spansHaveTwoUnits(double seconds, String text) {
        assertThat(Humane.span(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0/s", "0.01, <0.1/s", "0.42, 0.4/s", "9.94, 9.9/s", "9.95, 10/s", "1234.4, 1234/s"})
    void ratesAreSmallOrWhole(double events, String text) {
        assertThat(Humane.perSecond(events)).isEqualTo(text);
    }
}
