package io.hawser.node.probe;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;

/** Makes the least that is a certificate: version 1, self-signed (RFC 5280, section 4.1). The JDK reads them only. */
public final class ThrowawayCertificate {

    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;

    /** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758, section 3.2). */
    private static final byte[] ECDSA_WITH_SHA256 = HexFormat.of().parseHex("300a06082a8648ce3d040302");

    private ThrowawayCertificate() {}

    /**
     * A certificate that is valid at any time.
     *
     * @param keys of an elliptic curve
     * @param name its subject and its issuer, as RFC 2253 writes it
     */
    public static X509Certificate of(KeyPair keys, String name) throws GeneralSecurityException {
        byte[] encodedName = new X500Principal(name).getEncoded();
        byte[] content = der(
                SEQUENCE,
                der(INTEGER, BigInteger.ONE.toByteArray()),
                ECDSA_WITH_SHA256,
                encodedName,
                der(SEQUENCE, time("20000101000000Z"), time("99991231235959Z")),
                encodedName,
                keys.getPublic().getEncoded());
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(keys.getPrivate());
        signer.update(content);
        byte[] noUnusedBits = {0};
        byte[] certificate = der(SEQUENCE, content, ECDSA_WITH_SHA256, der(BIT_STRING, noUnusedBits, signer.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
    }

    private static byte[] time(String text) {
        return der(GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A value of distinguished encoding (X.690, 8.1 and 10.1). */
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.write(tag);
        if (length < 0x80) {
            value.write(length);
        } else if (length <= 0xff) {
            value.write(0x81);
            value.write(length);
        } else {
            value.write(0x82);
            value.write(length >> 8);
            value.write(length & 0xff);
        }
        value.writeBytes(content.toByteArray());
        return value.toByteArray();
    }
}
