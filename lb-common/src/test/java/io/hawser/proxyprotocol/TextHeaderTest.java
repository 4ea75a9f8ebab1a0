package io.hawser.proxyprotocol;

import static io.hawser.proxyprotocol.Headers.end;
import static io.hawser.proxyprotocol.Headers.header;
import static io.hawser.proxyprotocol.Headers.latin1;
import static io.hawser.proxyprotocol.Headers.mistake;
import static io.hawser.proxyprotocol.Headers.read;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Version 1: one line, and the games one can play with a line (PROXY protocol 2.1). */
class TextHeaderTest {

    private static final String NO_ADDRESS = "version 1 header has an address that is not one of its family";
    private static final String NO_PORT = "version 1 header has a port that is not 0 to 65535";
    private static final String NOT_SIX = "version 1 header does not have six fields";
    private static final String NO_PROTOCOL = "version 1 header names a protocol other than TCP4, TCP6 and UNKNOWN";
    private static final String NO_END = "version 1 header does not end in CR LF";
    private static final String TOO_LONG = "version 1 header is longer than 107 bytes";

    private static byte[] line(String line) {
        return latin1(line + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "TCP4, 192.168.0.1, 192.168.0.11",
        "TCP4, 0.0.0.0, 255.255.255.255",
        "TCP6, 2001:db8::1, ::",
        "TCP6, 2001:0DB8:0000:0000:0000:0000:0000:0001, FFFF:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "TCP6, ::ffff:c000:201, 2001:db8::1",
        "TCP6, ::ffff:192.0.2.1, ::ffff:10.0.0.1"
    })
    void tellsBothEnds(String protocol, String source, String destination) {
        ProxyHeader header = header(line("PROXY " + protocol + " " + source + " " + destination + " 56324 443"));
        assertThat(header).isEqualTo(new ProxyHeader(end(source, 56324), end(destination, 443)));
    }

    @Test
    void portsGoFrom0To65535() {
        ProxyHeader header = header(line("PROXY TCP4 192.0.2.1 192.0.2.2 0 65535"));
        assertThat(header).isEqualTo(new ProxyHeader(end("192.0.2.1", 0), end("192.0.2.2", 65535)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY UNKNOWN",
                "PROXY UNKNOWN ",
                "PROXY UNKNOWN ffff:f:f:f:f:f:f:ffff ffff:f:f:f:f:f:f:ffff 65535 65535",
                "PROXY UNKNOWN whatever  it is \r that \0 stands \u00ff here"
            })
    void ofUnknownTheRestIsIgnored(String line) {
        assertThat(header(line(line))).isEqualTo(ProxyHeader.LOCAL);
    }

    @Test
    void aLineHasUpTo107Bytes() {
        String longest = "PROXY UNKNOWN " + "x".repeat(91);
        assertThat(header(line(longest))).isEqualTo(ProxyHeader.LOCAL);
        assertThat(mistake(line(longest + 'x'))).isEqualTo(TOO_LONG);
        assertThat(mistake(latin1("PROXY " + "x".repeat(101)))).isEqualTo(TOO_LONG);
        assertThat(read(latin1("PROXY " + "x".repeat(100)))).isEqualTo(ProxyResult.NEED_MORE);
    }

    @Test
    void whatFollowsTheLineIsLeftAlone() {
        byte[] line = line("PROXY TCP4 192.0.2.1 192.0.2.2 1 2");
        ProxyResult result = read(Headers.concat(line, latin1("\r\n\u0016\u0003")));
        assertThat(result)
                .isEqualTo(new ProxyResult.Complete(
                        new ProxyHeader(end("192.0.2.1", 1), end("192.0.2.2", 2)), line.length));
    }

    /** A lone CR or LF ends no line, and no line may hold one (PROXY protocol 2.1). */
    @Test
    void onlyCrLfEndsALine() {
        String whole = "PROXY TCP4 192.0.2.1 192.0.2.2 1 2";
        assertThat(mistake(latin1(whole + "\n"))).isEqualTo(NO_END);
        assertThat(mistake(latin1("PROXY \n"))).isEqualTo(NO_END);
        assertThat(mistake(latin1("PROXY UNKNOWN\n\r\n"))).isEqualTo(NO_END);
        assertThat(read(latin1(whole + "\r"))).isEqualTo(ProxyResult.NEED_MORE);
        assertThat(mistake(latin1(whole + "\rGET / HTTP/1.1\r\n"))).isEqualTo(NOT_SIX);
        assertThat(mistake(latin1(whole + "\r\r\n"))).isEqualTo(NO_PORT);
        assertThat(mistake(latin1("PROXY TCP4 192.0.2.1\r192.0.2.2 1 2\r\n"))).isEqualTo(NOT_SIX);
        assertThat(mistake(latin1("PROXY TCP4 192.0.2.1\r 192.0.2.2 1 2\r\n"))).isEqualTo(NO_ADDRESS);
        assertThat(mistake(latin1("PROXY TCP4\n192.0.2.1 192.0.2.2 1 2\r\n"))).isEqualTo(NO_END);
        assertThat(mistake(latin1("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n\r\n"))).isEqualTo(NO_END);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TCP", "TCP5", "tcp4", "UDP4", "unknown", "UNKNOWNS", "TCP4\t", " TCP4"})
    void noOtherProtocolIsKnown(String protocol) {
        assertThat(mistake(line("PROXY " + protocol + " 192.0.2.1 192.0.2.2 1 2")))
                .isEqualTo(NO_PROTOCOL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TCP4",
                "TCP4 ",
                "TCP4 192.0.2.1 192.0.2.2 1",
                "TCP4 192.0.2.1 192.0.2.2 1 2 ",
                "TCP4 192.0.2.1 192.0.2.2 1 2 3",
                "TCP4  192.0.2.1 192.0.2.2 1 2",
                "TCP6 ::1 ::2 1"
            })
    void thereAreSixFields(String fields) {
        assertThat(mistake(line("PROXY " + fields))).isEqualTo(NOT_SIX);
    }

    @ParameterizedTest
    @CsvSource({
        "TCP4, ''",
        "TCP4, 192.0.2",
        "TCP4, 192.0.2.1.1",
        "TCP4, 192.0.2.256",
        "TCP4, 192.0.2.1e",
        "TCP4, 192.0.2.-1",
        "TCP4, 192.0.2.+1",
        "TCP4, 192.0.2.",
        "TCP4, 192.0..1",
        "TCP4, .0.2.1",
        "TCP4, 192.0.02.1",
        "TCP4, 00.0.2.1",
        "TCP4, 192.0.2.00",
        "TCP4, 010.0.2.1",
        "TCP4, 0xc0.0.2.1",
        "TCP4, 3221225985",
        "TCP4, ::1",
        "TCP4, ::ffff:192.0.2.1",
        "TCP4, localhost",
        "TCP6, ''",
        "TCP6, 192.0.2.1",
        "TCP6, 1:2:3",
        "TCP6, 1:2:3:4:5:6:7:8:9",
        "TCP6, 1::2::3",
        "TCP6, :::",
        "TCP6, 12345::",
        "TCP6, g::",
        "TCP6, [::1]",
        "TCP6, fe80::1%eth0",
        "TCP6, ::ffff:192.0.02.1",
        "TCP6, ::ffff:00.0.2.1",
        "TCP6, ::ffff:192.0.2",
        "TCP6, ::ffff:192.0.2.256",
        "TCP6, .:1",
        "TCP6, localhost",
    })
    void anAddressIsOneOfItsFamily(String protocol, String wrong) {
        String right = protocol.equals("TCP4") ? "192.0.2.1" : "::1";
        assertThat(mistake(line("PROXY " + protocol + " " + wrong + " " + right + " 1 2")))
                .isEqualTo(NO_ADDRESS);
        assertThat(mistake(line("PROXY " + protocol + " " + right + " " + wrong + " 1 2")))
                .isEqualTo(NO_ADDRESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "65536",
                "99999",
                "100000",
                "4294967297",
                "-1",
                "+1",
                "00",
                "01",
                "1a",
                "0x1",
                "\u00b2",
                "\t1"
            })
    void aPortIsANumber(String wrong) {
        assertThat(mistake(line("PROXY TCP4 192.0.2.1 192.0.2.2 1 " + wrong))).isEqualTo(NO_PORT);
        assertThat(mistake(line("PROXY TCP6 ::1 ::2 " + wrong + " 2"))).isEqualTo(NO_PORT);
    }
}
