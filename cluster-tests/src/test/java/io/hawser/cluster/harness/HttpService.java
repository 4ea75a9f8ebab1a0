package io.hawser.cluster.harness;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;

/** HTTP/1.1, just enough for every client: answers each request with the {@link Facts} of its connection. */
final class HttpService implements JdkServer.Service {

    @Override
    public void serve(JdkServer server, Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = new BufferedOutputStream(socket.getOutputStream());
        for (int requests = 1; ; requests++) {
            List<String> head = head(in);
            if (head.isEmpty()) {
                return;
            }
            in.skipNBytes(contentLength(head));
            boolean last = head.stream().anyMatch(line -> line.equalsIgnoreCase("connection: close"));
            byte[] body = facts(server, socket, requests).text().getBytes(StandardCharsets.UTF_8);
            out.write(("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: " + body.length
                            + (last ? "\r\nconnection: close" : "") + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            if (last) {
                return;
            }
        }
    }

    /** The lines of a head; empty when the client has ended instead. */
    static List<String> head(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        while (true) {
            StringBuilder line = new StringBuilder();
            int next = in.read();
            for (; next >= 0 && next != '\n'; next = in.read()) {
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            if (next < 0) {
                if (lines.isEmpty() && line.isEmpty()) {
                    return lines;
                }
                throw new EOFException("within a head, after " + lines + line);
            }
            if (line.isEmpty()) {
                return lines;
            }
            lines.add(line.toString());
        }
    }

    static long contentLength(List<String> head) {
        return head.stream()
                .map(line -> line.toLowerCase(Locale.ROOT))
                .filter(line -> line.startsWith("content-length:"))
                .mapToLong(line -> Long.parseLong(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }

    private static Facts facts(JdkServer server, Socket socket, int requests) {
        String client = Configuration.text((InetSocketAddress) socket.getRemoteSocketAddress());
        if (!(socket instanceof SSLSocket secured)) {
            return new Facts(server.id(), client, "none", "", "", false, requests);
        }
        ExtendedSSLSession session = (ExtendedSSLSession) secured.getSession();
        return new Facts(
                server.id(),
                client,
                session.getProtocol(),
                session.getRequestedServerNames().stream()
                        .map(name -> new String(name.getEncoded(), StandardCharsets.US_ASCII))
                        .collect(Collectors.joining(",")),
                secured.getApplicationProtocol(),
                server.resumed(secured),
                requests);
    }
}
