package io.hawser.node.demo;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One client with its session; comes again and again, each time with a new connection. One thread at a time. */
final class TlsClient {

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final byte[] REQUEST = ("GET / HTTP/1.1\r\nHost: " + Certificates.NAME
                    + "\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private final SessionKind kind;
    private final SSLContext context;
    private final DemoNetwork network;
    private final InetSocketAddress server;
    private final InetAddress residence;
    private final RandomGenerator random;
    private int visits;

    /**
     * Makes it; it has no session yet.
     *
     * @param context with the sessions of no other client
     * @param server what it connects to
     * @param residence where it comes from if its address is all that it is known by
     * @param random where it comes from else
     */
    TlsClient(
            SessionKind kind,
            SSLContext context,
            DemoNetwork network,
            InetSocketAddress server,
            InetAddress residence,
            RandomGenerator random) {
        this.kind = kind;
        this.context = context;
        this.network = network;
        this.server = server;
        this.residence = residence;
        this.random = random;
    }

    SessionKind kind() {
        return kind;
    }

    /** Sends one request; blocks until it is answered or has failed, for seconds at most. */
    Visit visit() {
        long begun = System.nanoTime();
        try (Socket plain = new Socket()) {
            plain.setSoTimeout(TIMEOUT_MILLIS);
            plain.setTcpNoDelay(true);
            try {
                plain.bind(new InetSocketAddress(kind.resumes() ? network.roaming(random) : residence, 0));
                plain.connect(server, TIMEOUT_MILLIS);
            } catch (IOException e) {
                return new Visit.Refused(begun);
            }
            return ask(plain, begun);
        } catch (IOException e) {
            return new Visit.Broken(begun);
        }
    }

    private Visit ask(Socket plain, long begun) throws IOException {
        visits++;
        // Java finds sessions by the host's name: with another one each time there is none to resume.
        String host = kind.resumes() ? Certificates.NAME : "visit-" + visits + "." + Certificates.NAME;
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, host, plain.getPort(), true)) {
            socket.setEnabledProtocols(new String[] {kind.protocol()});
            socket.startHandshake();
            socket.getOutputStream().write(REQUEST);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String backend = "";
            boolean resumed = false;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                if (line.startsWith(TlsBackend.NAME_HEADER)) {
                    backend = line.substring(TlsBackend.NAME_HEADER.length());
                } else if (line.startsWith(TlsBackend.RESUMED_HEADER)) {
                    resumed = Boolean.parseBoolean(line.substring(TlsBackend.RESUMED_HEADER.length()));
                }
            }
            if (backend.isEmpty() || in.readLine() == null) {
                throw new EOFException("the connection ended before the answer was whole");
            }
            return new Visit.Answered(begun, backend, resumed);
        }
    }
}
