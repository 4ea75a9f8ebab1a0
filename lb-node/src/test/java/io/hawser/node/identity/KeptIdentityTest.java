package io.hawser.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who a node is follows its files, and never by half. */
final class KeptIdentityTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestAuthority authority = new TestAuthority("Authority");

    @TempDir
    private Path directory = Path.of("");

    private KeptIdentity kept(IdentityFiles files) throws IOException {
        return KeptIdentity.of(files, Clock.systemUTC(), Duration.ofMillis(20));
    }

    @Test
    void takesRenewedFilesInByItself() throws Exception {
        IdentityFiles files = authority.files(directory, "cluster.tls", "first");
        List<String> heard = new ArrayList<>();
        try (KeptIdentity kept = kept(files)) {
            kept.onRenewed(next -> heard.add(next.subject()));
            assertThat(kept.current().subject()).isEqualTo("CN=first");

            TestAuthority.write(files, authority.issue("second", UnaryOperator.identity()), authority);

            await().atMost(PATIENCE).until(() -> kept.current().subject().equals("CN=second"));
            assertThat(heard).endsWith("CN=second");
            assertThat(kept.problem()).isNull();
        }
    }

    @Test
    void keepsWhatItHasWhileTheFilesCannotBeUsed() throws Exception {
        IdentityFiles files = authority.files(directory, "cluster.tls", "first");
        String key = Files.readString(files.key());
        try (KeptIdentity kept = kept(files)) {
            Files.writeString(
                    files.key(),
                    authority.issue("other", UnaryOperator.identity()).getPrivateKeyPEM());
            await().atMost(PATIENCE).until(() -> kept.problem() != null);
            assertThat(kept.problem())
                    .startsWith("cluster.tls.key-file: the key in " + files.key()
                            + " is not that of the first certificate in " + files.certificate());
            assertThat(kept.current().subject()).isEqualTo("CN=first");

            Files.delete(files.certificate());
            await().atMost(PATIENCE).until(() -> String.valueOf(kept.problem()).contains("there is no such file"));
            assertThat(kept.current().subject()).isEqualTo("CN=first");

            Files.writeString(files.key(), key);
            Files.writeString(files.certificate(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            await().atMost(PATIENCE).until(() -> String.valueOf(kept.problem()).contains("can't be read"));
            assertThat(kept.current().subject()).isEqualTo("CN=first");
        }
    }

    @Test
    void saysWhatIsWrongAndNothingOfTheKey() throws Exception {
        IdentityFiles files = authority.files(directory, "admin.tls", "node");
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String secret = Base64.getMimeEncoder()
                .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
        Files.writeString(
                files.key(), "-----BEGIN RSA PRIVATE KEY-----\n" + secret + "\n-----END RSA PRIVATE KEY-----\n");
        assertThatThrownBy(() -> kept(files))
                .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt -in " + files.key())
                .hasMessageNotContaining(secret.substring(0, 16));

        Files.writeString(files.key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> kept(files)).hasMessageContaining("or damaged");

        Files.writeString(files.key(), "nothing");
        assertThatThrownBy(() -> kept(files)).hasMessageContaining("holds no key in PEM");

        Files.writeString(files.authorities(), "");
        Files.writeString(
                files.key(), authority.issue("x", UnaryOperator.identity()).getPrivateKeyPEM());
        assertThatThrownBy(() -> kept(files)).isInstanceOf(IOException.class);
    }

    @Test
    void takesKeysOfEveryUsualKind() throws Exception {
        for (CertificateBuilder.Algorithm algorithm : List.of(
                CertificateBuilder.Algorithm.ecp256,
                CertificateBuilder.Algorithm.rsa2048,
                CertificateBuilder.Algorithm.ed25519)) {
            X509Bundle bundle = authority.issue("of-" + algorithm, builder -> builder.algorithm(algorithm));
            IdentityFiles files = authority.files(directory, "cluster.tls", "of-" + algorithm);
            TestAuthority.write(files, bundle, authority);
            try (KeptIdentity kept = kept(files)) {
                assertThat(kept.current().subject()).isEqualTo("CN=of-" + algorithm);
                assertThat(kept.current().newContext()).isNotNull();
            }
        }
    }

    @Test
    void endsWhenTheFirstCertificateOfItsChainDoes() throws Exception {
        IdentityFiles files = authority.files(directory, "cluster.tls", "ended");
        X509Bundle ended = authority.issue("ended", TestAuthority.expired());
        TestAuthority.write(files, ended, authority);

        try (KeptIdentity kept = kept(files)) {
            assertThat(kept.current().notAfter())
                    .isEqualTo(ended.getCertificate().getNotAfter().toInstant());
        }
    }
}
