package io.hawser.node.identity;

import io.hawser.node.file.FileProblem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys in their textual form (RFC 7468). What it says of a key's file has nothing of the key. */
final class Pem {

    /** Of some hundred certificates. */
    private static final int MAX_FILE_BYTES = 1024 * 1024;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "Ed25519", "Ed448", "RSASSA-PSS");

    private Pem() {}

    /**
     * The bytes of a file.
     *
     * @throws IOException when there are none, or too many for a file of this kind
     */
    static byte[] bytes(String key, Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (IOException e) {
            throw new IOException(key + ": cannot read " + file + ": " + FileProblem.of(e), e);
        }
        if (bytes.length > MAX_FILE_BYTES) {
            throw new IOException(key + ": " + file + " has more than " + MAX_FILE_BYTES + " bytes");
        }
        return bytes;
    }

    /** The certificates in a file, at least one, in their order. */
    static List<X509Certificate> certificates(String key, Path file, byte[] bytes) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            Matcher block = BLOCK.matcher(new String(bytes, StandardCharsets.US_ASCII));
            while (block.find()) {
                if (block.group(1).equals("CERTIFICATE") || block.group(1).equals("TRUSTED CERTIFICATE")) {
                    Certificate one = factory.generateCertificate(new ByteArrayInputStream(
                            block.group().replace("TRUSTED ", "").getBytes(StandardCharsets.US_ASCII)));
                    certificates.add((X509Certificate) one);
                }
            }
        } catch (CertificateException e) {
            throw new IOException(key + ": a certificate in " + file + " can't be read: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(
                    key + ": " + file + " holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----");
        }
        return List.copyOf(certificates);
    }

    /** The key in a file. */
    static PrivateKey key(String key, Path file, byte[] bytes) throws IOException {
        Matcher block = BLOCK.matcher(new String(bytes, StandardCharsets.US_ASCII));
        String other = null;
        while (block.find()) {
            String type = block.group(1);
            if (type.equals("PRIVATE KEY")) {
                return decoded(key, file, block.group(2));
            }
            if (type.endsWith("PRIVATE KEY")) {
                other = type;
            }
        }
        if (other == null) {
            throw new IOException(
                    key + ": " + file + " holds no key in PEM, which begins with -----BEGIN PRIVATE KEY-----");
        }
        throw new IOException(key + ": the key in " + file + " is a " + other
                + ", and a PRIVATE KEY without a password is needed (PKCS#8); make it one with: openssl pkcs8 -topk8"
                + " -nocrypt -in " + file);
    }

    private static PrivateKey decoded(String key, Path file, String base64) throws IOException {
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IOException(key + ": the key in " + file + " is damaged", e);
        }
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (GeneralSecurityException e) {
                // Another kind, which comes next; the exception may have something of the key in it.
            }
        }
        throw new IOException(key + ": the key in " + file + " is of none of the kinds " + String.join(", ", KEY_KINDS)
                + ", or damaged");
    }
}
