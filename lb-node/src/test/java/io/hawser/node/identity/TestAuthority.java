package io.hawser.node.identity;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** An authority, and the files with what it has issued. */
public final class TestAuthority {

    private final X509Bundle bundle;

    public TestAuthority(String name) {
        try {
            bundle = new CertificateBuilder()
                    .subject("CN=" + name)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    public static UnaryOperator<CertificateBuilder> expired() {
        return builder -> builder.notBefore(Instant.now().minus(Duration.ofDays(30)))
                .notAfter(Instant.now().minus(Duration.ofDays(1)));
    }

    /** A certificate for 127.0.0.1, for both sides of a connection. */
    public X509Bundle issue(String name, UnaryOperator<CertificateBuilder> more) throws Exception {
        return more.apply(new CertificateBuilder()
                        .subject("CN=" + name)
                        .addSanIpAddress("127.0.0.1")
                        .addExtendedKeyUsageServerAuth()
                        .addExtendedKeyUsageClientAuth())
                .buildIssuedBy(bundle);
    }

    public String pem() {
        return bundle.getCertificatePEM();
    }

    /** The files of somebody whom this authority has issued a certificate, and who believes it. */
    public IdentityFiles files(Path directory, String section, String name) throws Exception {
        IdentityFiles files = new IdentityFiles(
                section,
                directory.resolve(name + ".crt"),
                directory.resolve(name + ".key"),
                directory.resolve(name + "-ca.crt"));
        write(files, issue(name, UnaryOperator.identity()), this);
        return files;
    }

    /** Has the files hold something else from now on. */
    public static void write(IdentityFiles files, X509Bundle bundle, TestAuthority believed) throws Exception {
        Files.writeString(files.certificate(), bundle.getCertificatePathPEM());
        Files.writeString(files.key(), bundle.getPrivateKeyPEM());
        if (files.authorities() != null) {
            Files.writeString(files.authorities(), believed.pem());
        }
    }
}
