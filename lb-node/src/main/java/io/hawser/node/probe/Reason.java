package io.hawser.node.probe;

import io.netty.handler.ssl.NotSslRecordException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;

/** Says in an operator's words what an exception means; the transports word the same error differently. */
final class Reason {
    private Reason() {}

    static String of(Throwable error) {
        Throwable root = rootOf(error);
        if (root instanceof NotSslRecordException) {
            return "the answer is not TLS";
        }
        if (root instanceof CertificateExpiredException) {
            return "the certificate has expired (" + message(root) + ")";
        }
        if (root instanceof CertificateNotYetValidException) {
            return "the certificate is not valid yet (" + message(root) + ")";
        }
        if (root instanceof CertPathBuilderException) {
            return "no trusted authority signed the certificate";
        }
        String text = message(root);
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("connection refused")) {
            return "connection refused";
        }
        if (isReset(error)) {
            return "connection reset";
        }
        if (lower.contains("network is unreachable")) {
            return "network unreachable";
        }
        if (root instanceof NoRouteToHostException || lower.contains("no route to host")) {
            return "no route to host";
        }
        return text;
    }

    /** Whether the other side has ended the connection, in order or not. */
    static boolean isClosed(Throwable error) {
        return rootOf(error) instanceof ClosedChannelException || isReset(error);
    }

    private static boolean isReset(Throwable error) {
        String lower = message(rootOf(error)).toLowerCase(Locale.ROOT);
        return lower.contains("connection reset") || lower.contains("broken pipe");
    }

    private static Throwable rootOf(Throwable error) {
        Throwable root = error;
        // A chain of causes may, by mistake, be a ring.
        for (int depth = 0; depth < 20; depth++) {
            Throwable cause = root.getCause();
            if (cause == null) {
                break;
            }
            root = cause;
        }
        return root;
    }

    private static String message(Throwable error) {
        String message = error.getMessage();
        return message == null ? error.getClass().getSimpleName() : Printable.of(message);
    }
}
