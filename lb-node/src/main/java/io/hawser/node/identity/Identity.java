package io.hawser.node.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** A certificate with its key, and the authorities whose certificates are believed, as they were once read. */
public final class Identity {

    private static final String OWN = "hawser";

    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final List<X509Certificate> authorities;

    private Identity(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {
        this.chain = chain;
        this.key = key;
        this.authorities = authorities;
    }

    /**
     * Understands what was in the files.
     *
     * @throws IOException saying which file is wrong and what to do; never anything of a key
     */
    static Identity of(IdentityFiles files, Content content) throws IOException {
        String section = files.section();
        List<X509Certificate> chain =
                Pem.certificates(section + ".certificate-file", files.certificate(), content.certificate());
        PrivateKey key = Pem.key(section + ".key-file", files.key(), content.key());
        if (!belongTogether(chain.get(0).getPublicKey(), key)) {
            throw new IOException(section + ".key-file: the key in " + files.key()
                    + " is not that of the first certificate in " + files.certificate()
                    + "; give both of the same request, the node's own certificate first");
        }
        List<X509Certificate> authorities = files.authorities() == null || content.authorities() == null
                ? List.of()
                : Pem.certificates(section + ".ca-file", files.authorities(), content.authorities());
        return new Identity(chain, key, authorities);
    }

    private static boolean belongTogether(PublicKey open, PrivateKey secret) {
        String algorithm =
                secret instanceof ECKey ? "SHA256withECDSA" : secret instanceof RSAKey ? "SHA256withRSA" : null;
        try {
            Signature signature = Signature.getInstance(algorithm == null ? secret.getAlgorithm() : algorithm);
            signature.initSign(secret);
            signature.update((byte) 1);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update((byte) 1);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            // Keys of different kinds.
            return false;
        }
    }

    /** When the first certificate of the chain to end does. */
    public Instant notAfter() {
        return chain.stream()
                .map(one -> one.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** Whose the certificate is, as an operator reads it. */
    public String subject() {
        return chain.get(0).getSubjectX500Principal().getName();
    }

    /** For both sides of connections: shows the certificate, and believes those of the authorities and no others. */
    public SSLContext newContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Java can't make a TLS context of " + subject(), e);
        }
    }

    private KeyManager[] keyManagers() throws GeneralSecurityException, IOException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        char[] inMemory = {'x'};
        factory.init(keyStore(inMemory), inMemory);
        return factory.getKeyManagers();
    }

    /** Only these authorities; none at all when there are none. */
    private TrustManager[] trustManagers() throws GeneralSecurityException, IOException {
        if (authorities.isEmpty()) {
            return new TrustManager[0];
        }
        return Authorities.trustManagers(authorities);
    }

    /** The certificate and its key, for who takes a store only. */
    public KeyStore keyStore(char[] password) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(OWN, key, password, chain.toArray(X509Certificate[]::new));
        return store;
    }

    /** The authorities, for who takes a store only. */
    public KeyStore trustStore() throws GeneralSecurityException, IOException {
        return Authorities.store(authorities);
    }

    @Override
    public String toString() {
        return subject() + " until " + notAfter();
    }
}
