package io.hawser.node.probe;

import io.hawser.node.file.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates a probe accepts of a backend.
 *
 * <p>Two are equal when they accept the same, so that a reload which changes nothing disturbs no probe. Safe from any
 * thread.
 */
public final class PeerTrust {
    private final Kind kind;
    private final List<Certificate> authorities;
    private final TrustManager[] trustManagers;

    private PeerTrust(Kind kind, List<Certificate> authorities, TrustManager[] trustManagers) {
        this.kind = kind;
        this.authorities = authorities;
        this.trustManagers = trustManagers;
    }

    /** Any certificate, whoever signed it for whatever name: the probe asks whether the backend serves, not who it is. */
    public static PeerTrust anyone() {
        return new PeerTrust(Kind.ANYONE, List.of(), new TrustManager[] {new AcceptAnyone()});
    }

    /**
     * Certificates that are valid for the backend's name and signed by an authority that Java trusts.
     *
     * @throws IOException if Java's trust store can't be read
     */
    public static PeerTrust platform() throws IOException {
        try {
            return new PeerTrust(Kind.PLATFORM, List.of(), trustManagers(null));
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot read the trust store of Java: " + e.getMessage(), e);
        }
    }

    /**
     * Certificates that are valid for the backend's name and signed by an authority in a PEM file, which is read now
     * and never again.
     *
     * @throws IOException if the file can't be read or holds no certificate; the message names the file
     */
    public static PeerTrust authorities(Path file) throws IOException {
        List<Certificate> authorities = read(file);
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            return new PeerTrust(Kind.AUTHORITIES, authorities, trustManagers(store));
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot trust the certificates in " + file + ": " + e.getMessage(), e);
        }
    }

    /** Whether certificates are looked at at all, their host names included. */
    boolean verifies() {
        return kind != Kind.ANYONE;
    }

    TrustManager[] trustManagers() {
        return trustManagers.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PeerTrust that && kind == that.kind && authorities.equals(that.authorities);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + authorities.hashCode();
    }

    @Override
    public String toString() {
        return kind == Kind.AUTHORITIES ? authorities.size() + " authorities" : kind.name();
    }

    private static List<Certificate> read(Path file) throws IOException {
        List<Certificate> certificates;
        try (InputStream in = Files.newInputStream(file)) {
            certificates = List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
        } catch (IOException e) {
            throw new IOException("cannot read " + file + ": " + FileProblem.of(e), e);
        } catch (CertificateException e) {
            throw new IOException(file + " is not a PEM file of certificates: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(file + " holds no certificate; expected the authorities to trust, in PEM");
        }
        return certificates;
    }

    private static TrustManager[] trustManagers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private enum Kind {
        ANYONE,
        PLATFORM,
        AUTHORITIES
    }
}
