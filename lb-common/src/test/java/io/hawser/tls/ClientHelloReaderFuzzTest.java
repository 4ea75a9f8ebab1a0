package io.hawser.tls;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hawser.testing.Findings;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Looks for bytes that break {@link HelloInvariants}, led by the branches they reach, from the hellos of real clients on.
 *
 * <p>An ordinary build only reads those, and what the test resource {@code ClientHelloReaderFuzzTestInputs} keeps.
 * To search, for ten minutes:
 *
 * <pre>{@code
 * JAZZER_FUZZ=1 mvn -pl lb-common test -Djacoco.skip=true -Dtest=ClientHelloReaderFuzzTest
 * }</pre>
 *
 * <p>What it finds it writes among those resources, where it stays as a test; so does the input that an interrupted
 * search was just trying, which is none. What it learned of the branches is in {@code lb-common/.cifuzz-corpus}, and the
 * next search begins there.
 */
class ClientHelloReaderFuzzTest {

    static List<byte[]> captures() {
        return Captures.all();
    }

    static List<byte[]> findings() {
        return Findings.of(ClientHelloReaderFuzzTest.class);
    }

    /** Without Jazzer's agent, which takes longer to prepare than all other tests of this package to run. */
    @DisabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = ".+")
    @ParameterizedTest
    @MethodSource({"captures", "findings"})
    void keptBytes(byte[] received) {
        check(received);
    }

    @EnabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = ".+")
    @MethodSource("captures")
    @FuzzTest(maxDuration = "10m")
    void anyBytes(byte[] received) {
        check(received);
    }

    private static void check(byte[] received) {
        HelloInvariants.check(received, new Random(Arrays.hashCode(received)));
    }
}
