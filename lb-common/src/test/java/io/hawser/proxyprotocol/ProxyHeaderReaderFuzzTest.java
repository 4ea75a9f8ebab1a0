package io.hawser.proxyprotocol;

import static io.hawser.proxyprotocol.Headers.checksummed;
import static io.hawser.proxyprotocol.Headers.concat;
import static io.hawser.proxyprotocol.Headers.latin1;
import static io.hawser.proxyprotocol.Headers.tlv;
import static io.hawser.proxyprotocol.Headers.v2;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hawser.testing.Findings;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Looks for bytes that break {@link HeaderInvariants}, led by the branches they reach, from well-formed headers on.
 *
 * <p>An ordinary build only reads those, and what the test resource {@code ProxyHeaderReaderFuzzTestInputs} keeps.
 * To search, for ten minutes:
 *
 * <pre>{@code
 * JAZZER_FUZZ=1 mvn -pl lb-common test -Djacoco.skip=true -Dtest=ProxyHeaderReaderFuzzTest
 * }</pre>
 *
 * <p>What it finds it writes among those resources, where it stays as a test; so does the input that an interrupted
 * search was just trying, which is none. What it learned of the branches is in {@code lb-common/.cifuzz-corpus}, and the
 * next search begins there.
 */
class ProxyHeaderReaderFuzzTest {

    /** Made without {@link ProxyHeader}: of a record that is loaded before it, Jazzer's agent makes an unusable one. */
    static Stream<byte[]> headers() {
        byte[] additions = concat(
                tlv(Tlv.AUTHORITY, latin1("shop.example.com")),
                tlv(4, new byte[3]),
                tlv(Tlv.ALPN, latin1("h2")),
                tlv(Tlv.UNIQUE_ID, latin1("lb1-7")));
        return Stream.of(
                latin1("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n"),
                latin1("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 56324 443\r\n"),
                latin1("PROXY UNKNOWN ffff::ffff ffff::ffff 65535 65535\r\n"),
                checksummed(v2(0x21, 0x11, new byte[12], additions, tlv(Tlv.CRC32C, new byte[4]))),
                v2(0x20, 0x00),
                v2(0x21, 0x11, new byte[12], additions),
                v2(0x21, 0x22, new byte[36], additions),
                v2(0x21, 0x31, new byte[216], additions),
                v2(0x21, 0x00, additions));
    }

    static List<byte[]> findings() {
        return Findings.of(ProxyHeaderReaderFuzzTest.class);
    }

    /** Without Jazzer's agent, which takes longer to prepare than all other tests of this package to run. */
    @DisabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = ".+")
    @ParameterizedTest
    @MethodSource({"headers", "findings"})
    void keptBytes(byte[] received) {
        check(received);
    }

    @EnabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = ".+")
    @MethodSource("headers")
    @FuzzTest(maxDuration = "10m")
    void anyBytes(byte[] received) {
        check(received);
    }

    private static void check(byte[] received) {
        HeaderInvariants.check(received, new Random(Arrays.hashCode(received)));
    }
}
