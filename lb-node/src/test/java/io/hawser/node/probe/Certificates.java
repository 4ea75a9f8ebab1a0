package io.hawser.node.probe;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Certificates of an authority that only its file makes known. */
final class Certificates {

    static final String NAME = "shop.example.com";

    private final X509Bundle authority;

    Certificates() throws Exception {
        authority = new CertificateBuilder()
                .subject("CN=Authority of " + System.nanoTime())
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    X509Bundle good() throws Exception {
        return builder().buildIssuedBy(authority);
    }

    X509Bundle expired() throws Exception {
        return builder()
                .notBefore(Instant.now().minus(Duration.ofDays(30)))
                .notAfter(Instant.now().minus(Duration.ofDays(1)))
                .buildIssuedBy(authority);
    }

    X509Bundle notYetValid() throws Exception {
        return builder()
                .notBefore(Instant.now().plus(Duration.ofDays(1)))
                .notAfter(Instant.now().plus(Duration.ofDays(30)))
                .buildIssuedBy(authority);
    }

    private static CertificateBuilder builder() {
        return new CertificateBuilder()
                .subject("CN=backend")
                .addSanDnsName(NAME)
                .addSanIpAddress("127.0.0.1")
                .addExtendedKeyUsageServerAuth();
    }

    /** The file that {@code ca-file} names. */
    Path authorityFile(Path directory) throws IOException {
        return Files.writeString(directory.resolve("authority.pem"), "A comment.\n" + authority.getCertificatePEM());
    }
}
