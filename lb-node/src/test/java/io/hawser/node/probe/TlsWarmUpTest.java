package io.hawser.node.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.node.testing.LeakGate;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakGate.class)
final class TlsWarmUpTest {

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void goesThroughAWholeHandshake(String version) throws Exception {
        assertThat(TlsWarmUp.shakesHands(TlsWarmUp.server(), version)).isTrue();
    }

    @Test
    void itsCertificateIsOne() throws Exception {
        X509Certificate certificate =
                ThrowawayCertificate.of(KeyPairGenerator.getInstance("EC").generateKeyPair(), "CN=somebody");
        certificate.verify(certificate.getPublicKey());
        certificate.checkValidity();
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=somebody");
    }
}
