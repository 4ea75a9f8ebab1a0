package io.hawser.node.identity;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why TLS was not to be had with somebody, in an operator's words: Java's are its own.
 *
 * @param reason for a metric
 * @param text the end of a sentence that has named the other side
 */
public record HandshakeFailure(Reason reason, String text) {

    /** What was in the way. */
    public enum Reason {
        NO_TLS,
        NO_CERTIFICATE,
        UNKNOWN_AUTHORITY,
        EXPIRED,
        OTHER_NAME,
        REFUSED_BY_PEER,
        SILENT,
        TOO_MANY,
        OTHER;

        /** As a label has it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What a failure says.
     *
     * @param section of the configuration whose files were used, such as {@code cluster.tls}
     */
    public static HandshakeFailure of(Throwable failure, String section) {
        CertificateExpiredException expired = find(failure, CertificateExpiredException.class);
        if (expired != null) {
            return new HandshakeFailure(
                    Reason.EXPIRED,
                    "its certificate has expired (" + expired.getMessage()
                            + "); renew it there, and see that the clocks are right");
        }
        CertificateNotYetValidException early = find(failure, CertificateNotYetValidException.class);
        if (early != null) {
            return new HandshakeFailure(
                    Reason.EXPIRED,
                    "its certificate is not valid yet (" + early.getMessage() + "); are the clocks right?");
        }
        if (find(failure, CertPathBuilderException.class) != null) {
            return new HandshakeFailure(
                    Reason.UNKNOWN_AUTHORITY,
                    "its certificate is signed by no authority in " + section
                            + ".ca-file; add that authority to the file, or give the other side a certificate of one that"
                            + " is in it");
        }
        CertPathValidatorException invalid = find(failure, CertPathValidatorException.class);
        if (invalid != null) {
            return new HandshakeFailure(
                    Reason.UNKNOWN_AUTHORITY, "its certificate is not valid: " + invalid.getMessage());
        }
        CertificateException certificate = find(failure, CertificateException.class);
        if (certificate != null) {
            return certificate(certificate);
        }
        return message(failure, section);
    }

    private static HandshakeFailure certificate(CertificateException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("name") && (message.contains("match") || message.contains("present"))) {
            return new HandshakeFailure(
                    Reason.OTHER_NAME,
                    "its certificate is for another name (" + message
                            + "); give it one whose subject alternative names have what it is reached at");
        }
        if (message.contains("xtended key usage") || message.contains("KeyUsage")) {
            return new HandshakeFailure(
                    Reason.OTHER,
                    "its certificate is not for this use (" + message
                            + "); make one whose extended key usage is serverAuth and clientAuth");
        }
        return new HandshakeFailure(Reason.OTHER, "its certificate is not accepted: " + message);
    }

    private static HandshakeFailure message(Throwable failure, String section) {
        SSLException tls = find(failure, SSLException.class);
        Throwable told = tls == null ? failure : tls;
        String message = told.getMessage() == null ? told.toString() : told.getMessage();
        if (message.contains("fatal alert")) {
            return new HandshakeFailure(Reason.REFUSED_BY_PEER, refusal(message, section));
        }
        if (message.contains("mpty client certificate")
                || message.contains("mpty server certificate")
                || message.contains("null cert chain")) {
            return new HandshakeFailure(
                    Reason.NO_CERTIFICATE,
                    "it has shown no certificate, or had none of the authorities in " + section + ".ca-file");
        }
        if (message.contains("nrecognized SSL message")
                || message.contains("not an SSL/TLS record")
                || message.contains("plaintext connection")) {
            return new HandshakeFailure(Reason.NO_TLS, "it does not speak TLS there");
        }
        return new HandshakeFailure(Reason.OTHER, message);
    }

    /** The other side says no more than a word (RFC 8446, section 6.2). */
    private static String refusal(String message, String section) {
        String alert = message.substring(message.lastIndexOf(' ') + 1);
        return switch (alert) {
            case "unknown_ca", "certificate_unknown", "bad_certificate" ->
                "it does not accept this node's certificate ("
                        + alert + "): it knows no authority that has signed that in " + section
                        + ".certificate-file, or it is for another use or name; the other side's log says which";
            case "certificate_expired" ->
                "it says that this node's certificate has expired; renew " + section
                        + ".certificate-file, and see that the clocks are right";
            case "certificate_required" ->
                "it wants a certificate, and " + section + " has none that its authorities have signed";
            case "protocol_version" -> "it speaks no version of TLS that this node does";
            default -> "it has refused: " + alert;
        };
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> kind) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 16; depth++) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }
}
