package io.hawser.tls.capture;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A TLS client of the Java that runs it: connects twice with one context, so that the second connection resumes.
 *
 * <p>Arguments: the port on {@code localhost}; {@code http} for java.net.http, or else the protocol of a plain socket,
 * {@code TLSv1.2} or {@code TLSv1.3}. Trusts everyone: it is for the loopback.
 */
public final class JavaClient {

    private JavaClient() {}

    public static void main(String[] arguments) throws IOException, GeneralSecurityException, InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustEveryone()}, new SecureRandom());
        for (int i = 0; i < 2; i++) {
            if (arguments[1].equals("http")) {
                http(context, port);
            } else {
                socket(context, port, arguments[1]);
            }
        }
    }

    /** A client of its own for each request, or it would use the same connection again. */
    private static void http(SSLContext context, int port) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/"))
                .build();
        client.send(request, HttpResponse.BodyHandlers.discarding());
    }

    private static void socket(SSLContext context, int port, String protocol) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            // What comes back brings the ticket with it.
            socket.getInputStream().readAllBytes();
        }
    }

    private static final class TrustEveryone implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
