package io.hawser.node.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StatusLineReaderTest {

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text.replace("\\r", "\r").replace("\\n", "\n"), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK\\r\\n, 200",
        "HTTP/1.0 204 No Content\\r\\n, 204",
        "HTTP/1.1 503 \\r\\n, 503",
        "HTTP/1.1 404\\r\\n, 404",
        "HTTP/1.1 200\\n, 200",
        "HTTP/1.1 999 ?\\n, 999",
        "HTTP/1.1 101 Switching Protocols\\r\\n, 101",
        "HTTP/1.1 100 Continue\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\n, 200",
        "HTTP/1.1 103 Early Hints\\r\\nLink: </a>\\r\\nX: y\\r\\n\\r\\nHTTP/1.1 500 No\\r\\n, 500",
        "HTTP/1.1 102 A\\r\\n\\r\\nHTTP/1.1 103 B\\n\\nHTTP/1.1 301 C\\r\\n, 301",
    })
    void readsTheFinalStatus(String answer, int status) {
        assertThat(new StatusLineReader().read(bytes(answer))).isEqualTo(new StatusLineReader.Status(status));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "H",
                "HTTP/1.1 200",
                "HTTP/1.1 200 OK",
                "HTTP/1.1 200 OK\\r",
                "HTTP/1.1 100 Continue\\r\\n\\r\\n",
                "HTTP/1.1 100 Continue\\r\\nHTTP/1.1 200 OK\\r\\n",
            })
    void waitsForTheWholeOfIt(String answer) {
        assertThat(new StatusLineReader().read(bytes(answer))).isEqualTo(new StatusLineReader.NeedMore());
    }

    @ParameterizedTest
    @CsvSource({
        "SSH-2.0-OpenSSH_9.2\\r\\n, SSH-2.0-Open",
        "http/1.1 200 OK\\r\\n, http/1.1 200",
        "HTTP/2 200\\r\\n, HTTP/2 200\\x0d\\x0a",
        "HTTP/1.2 200 OK\\r\\n, HTTP/1.2 200 OK\\x0d\\x0a",
        "HTTP/1.1  200 OK\\r\\n, HTTP/1.1  200 OK\\x0d\\x0a",
        "HTTP/1.1 20 OK\\r\\n, HTTP/1.1 20 OK\\x0d\\x0a",
        "HTTP/1.1 2000 OK\\r\\n, HTTP/1.1 2000 OK\\x0d\\x0a",
        "HTTP/1.1 099 OK\\r\\n, HTTP/1.1 099 OK\\x0d\\x0a",
        "<html>, <html>",
        "\\r\\nHTTP/1.1 200 OK\\r\\n, \\x0d\\x0aHTTP/1.1 20",
    })
    void saysHowBeginsWhatIsNotHttp(String answer, String beginning) {
        StatusLineReader.Reading reading = new StatusLineReader().read(bytes(answer));

        assertThat(reading).isInstanceOf(StatusLineReader.NotHttp.class);
        assertThat(((StatusLineReader.NotHttp) reading).beginning()).startsWith(beginning.substring(0, 6));
        assertThat(beginning)
                .startsWith(((StatusLineReader.NotHttp) reading).beginning().substring(0, 6));
    }

    @Test
    void showsNothingThatALogWouldMisread() {
        StatusLineReader.Reading reading = new StatusLineReader().read(bytes("\u001b[2J\n\u0000\u00ff\\"));

        assertThat(reading).isEqualTo(new StatusLineReader.NotHttp("\\x1b[2J\\x0a\\x00\\xff\\x5c"));
    }

    @Test
    void keepsNoMoreThanItNeedsOfAnEndlessLine() {
        StatusLineReader reader = new StatusLineReader();
        assertThat(reader.read(bytes("HTTP/1.1 200 "))).isEqualTo(new StatusLineReader.NeedMore());
        ByteBuf endless = bytes("x".repeat(10_000));
        for (int i = 0; i < 100; i++) {
            assertThat(reader.read(endless.duplicate())).isEqualTo(new StatusLineReader.NeedMore());
        }
        assertThat(reader.read(bytes("\n"))).isEqualTo(new StatusLineReader.Status(200));
    }

    @Test
    void readsTheSameInAnyPieces() {
        String answer = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\n\nHTTP/1.0 418 Tea\r\n";
        Seeds.rounds(200, random -> {
            StatusLineReader reader = new StatusLineReader();
            StatusLineReader.Reading reading = new StatusLineReader.NeedMore();
            for (int at = 0; at < answer.length(); ) {
                assertThat(reading).isEqualTo(new StatusLineReader.NeedMore());
                int end = Math.min(answer.length(), at + 1 + random.nextInt(10));
                reading = reader.read(bytes(answer.substring(at, end)));
                at = end;
            }
            assertThat(reading).isEqualTo(new StatusLineReader.Status(418));
        });
    }
}
