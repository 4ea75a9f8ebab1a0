package io.hawser.node.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Whom a client believes that shows no certificate of its own. */
public final class Authorities {

    private Authorities() {}

    /**
     * A context that believes the authorities in a file and no others.
     *
     * @param option what names the file, for messages
     * @throws IOException saying what is wrong with the file
     */
    public static SSLContext context(String option, Path file) throws IOException {
        List<X509Certificate> authorities = Pem.certificates(option, file, Pem.bytes(option, file));
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trustManagers(authorities), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(option + ": the certificates in " + file + " can't be used: " + e.getMessage(), e);
        }
    }

    /** Who believe what these have signed, and nothing else. */
    static TrustManager[] trustManagers(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store(authorities));
        return factory.getTrustManagers();
    }

    static KeyStore store(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        return store;
    }
}
