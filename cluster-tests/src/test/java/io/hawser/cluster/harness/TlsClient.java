package io.hawser.cluster.harness;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A strict HTTPS client: it chooses its source address, its server name and its protocols, and takes nothing but a whole
 * and right answer for one.
 *
 * @param context whom it trusts, and its sessions: clients with the same one resume each other's
 * @param node what it connects to
 * @param source the local address that it connects from
 * @param serverName what it asks for
 * @param protocols what it offers by ALPN
 */
public record TlsClient(
        SSLContext context, InetSocketAddress node, InetAddress source, String serverName, List<String> protocols) {

    /** Past this, a peer that owes an answer counts as silent. */
    private static final int TIMEOUT_MILLIS = 30_000;

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    public TlsClient from(String address) throws IOException {
        return new TlsClient(context, node, InetAddress.getByName(address), serverName, protocols);
    }

    /** The same client at another node, with its sessions when the port is the same: Java looks them up by name and port. */
    public TlsClient to(InetSocketAddress other) {
        return new TlsClient(context, other, source, serverName, protocols);
    }

    public TlsClient name(String name) {
        return new TlsClient(context, node, source, name, protocols);
    }

    public TlsClient protocols(String... offered) {
        return new TlsClient(context, node, source, serverName, List.of(offered));
    }

    /** Asks a {@link JdkServer} for its facts, on a connection of its own. */
    public Facts ask() throws IOException {
        try (Connection connection = connect()) {
            return connection.ask();
        }
    }

    /** Gets a path, on a connection of its own; returns the body. */
    public String get(String path) throws IOException {
        try (Connection connection = connect()) {
            connection.send(path);
            return connection.receiveBody();
        }
    }

    /**
     * Connects by TCP; TLS has not begun.
     *
     * @throws ConnectException when nobody listens there
     */
    public Socket connectPlain() throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.bind(new InetSocketAddress(source, 0));
            socket.connect(node, TIMEOUT_MILLIS);
            if (socket.getLocalSocketAddress().equals(node)) {
                // The kernel gave it the port that it was looking for, and TCP connects anyone who does that to
                // himself.
                throw new ConnectException("nobody listens on " + node + " any more");
            }
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Connects, and makes the handshake. */
    public Connection connect() throws IOException {
        return connect(VERSIONS);
    }

    /**
     * Likewise, with one of these versions.
     *
     * @param versions as Java names them, such as {@code TLSv1.3}
     */
    public Connection connect(String... versions) throws IOException {
        Socket plain = connectPlain();
        try {
            return secure(plain, versions);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /** Makes the handshake on a connection that {@link #connectPlain} made. */
    public Connection secure(Socket plain) throws IOException {
        return secure(plain, VERSIONS);
    }

    /** Likewise, with one of these versions. */
    public Connection secure(Socket plain, String... versions) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, serverName, node.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        parameters.setApplicationProtocols(protocols.toArray(String[]::new));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(versions);
        socket.setSSLParameters(parameters);
        long begun = System.currentTimeMillis();
        socket.startHandshake();
        return new Connection(socket, socket.getSession().getCreationTime() < begun);
    }

    /**
     * A whole answer.
     *
     * @param head the status line and the header lines
     * @param body the rest
     */
    public record Answer(List<String> head, String body) {

        /** A header's value; empty when there is none. */
        public String header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return head.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    /** One connection, on which one request follows the other. */
    public static final class Connection implements AutoCloseable {

        private final SSLSocket socket;
        private final InputStream in;
        private final boolean resumed;

        private Connection(SSLSocket socket, boolean resumed) throws IOException {
            this.socket = socket;
            this.resumed = resumed;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        /** Sends a request; the answer is still to be read. */
        public void send(String path) throws IOException {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nhost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        }

        /**
         * Reads the answer to one request.
         *
         * @throws IOException when it does not come whole
         */
        public String receiveBody() throws IOException {
            return receive().body();
        }

        /**
         * Reads the answer to one request.
         *
         * @throws IOException when it does not come whole
         */
        public Answer receive() throws IOException {
            List<String> head = HttpService.head(in);
            if (head.isEmpty()) {
                throw new EOFException("the connection ended in place of an answer");
            }
            if (!head.get(0).equals("HTTP/1.1 200 OK")) {
                throw new IOException("the answer is " + head);
            }
            int length = (int) HttpService.contentLength(head);
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("the connection ended within an answer, after " + body.length + " of " + length);
            }
            return new Answer(head, new String(body, StandardCharsets.UTF_8));
        }

        /** Asks a {@link JdkServer} for the facts of this connection. */
        public Facts ask() throws IOException {
            send("/");
            return Facts.parse(receiveBody());
        }

        /**
         * Asks for everything to the end of the connection, as the simplest of servers answer.
         *
         * @throws IOException when nothing comes
         */
        public String askForAll() throws IOException {
            socket.getOutputStream()
                    .write("GET / HTTP/1.0\r\nconnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (all.isEmpty()) {
                throw new EOFException("the connection ended in place of an answer");
            }
            return all;
        }

        /** Whether the server took up a session of this client's again, by an abbreviated handshake. */
        public boolean resumed() {
            return resumed;
        }

        /** The common name of the server that began the session: one that takes it up again shows no certificate. */
        public String server() throws IOException {
            String name = socket.getSession().getPeerPrincipal().getName();
            return name.substring(name.indexOf("CN=") + 3);
        }

        public SSLSocket socket() {
            return socket;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
