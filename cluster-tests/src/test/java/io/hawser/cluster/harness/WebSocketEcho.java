package io.hawser.cluster.harness;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** A WebSocket server (RFC 6455) that sends back every frame it gets, pings as pongs, until the client closes. */
public final class WebSocketEcho implements JdkServer.Service {

    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    @Override
    public void serve(JdkServer server, Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        out.writeBytes("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                + "sec-websocket-accept: " + accept(HttpService.head(in)) + "\r\n\r\n");
        out.flush();
        while (true) {
            int first = in.readUnsignedByte();
            long length = in.readUnsignedByte() & 0x7f;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes((int) length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            int opcode = first & 0x0f;
            out.write(opcode == PING ? (first & 0xf0) | PONG : first);
            if (length < 126) {
                out.write((int) length);
            } else {
                out.write(127);
                out.writeLong(length);
            }
            out.write(payload);
            out.flush();
            if (opcode == CLOSE) {
                return;
            }
        }
    }

    /** What shows that the server has understood: RFC 6455 section 4.2.2. */
    private static String accept(List<String> head) throws IOException {
        String key = head.stream()
                .filter(line -> line.regionMatches(true, 0, "sec-websocket-key:", 0, 18))
                .map(line -> line.substring(18).strip())
                .findFirst()
                .orElseThrow(() -> new IOException("no WebSocket is asked for: " + head));
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                    .getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
