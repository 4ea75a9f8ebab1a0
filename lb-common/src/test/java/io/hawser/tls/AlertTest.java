package io.hawser.tls;

import static io.hawser.tls.HelloBuilder.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AlertTest {

    /** The AlertDescription values of RFC 8446 section 6. */
    @ParameterizedTest
    @CsvSource({
        "UNEXPECTED_MESSAGE, 10",
        "RECORD_OVERFLOW, 22",
        "ILLEGAL_PARAMETER, 47",
        "DECODE_ERROR, 50",
        "PROTOCOL_VERSION, 70",
        "INTERNAL_ERROR, 80",
        "UNRECOGNIZED_NAME, 112"
    })
    void hasTheCodeOfTheStandard(Alert alert, int code) {
        assertThat(alert.code()).isEqualTo(code);
    }

    @Test
    void isOneFatalRecord() {
        assertThat(Alert.UNRECOGNIZED_NAME.record()).isEqualTo(bytes(21, 3, 3, 0, 2, 2, 112));
    }

    @ParameterizedTest
    @EnumSource
    void isWrittenBehindWhatIsThere(Alert alert) {
        ByteBuf out = Unpooled.buffer().writeByte(1);
        alert.writeTo(out);
        assertThat(ByteBufUtil.getBytes(out.skipBytes(1))).isEqualTo(alert.record());
    }

    @Test
    void arraysAreTheCallers() {
        Alert.DECODE_ERROR.record()[6] = 0;
        assertThat(Alert.DECODE_ERROR.record()[6]).isEqualTo((byte) 50);
    }
}
