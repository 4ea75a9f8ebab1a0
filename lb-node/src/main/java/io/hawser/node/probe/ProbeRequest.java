package io.hawser.node.probe;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The request of an HTTP probe (RFC 9112, section 3). */
final class ProbeRequest {
    private ProbeRequest() {}

    static byte[] bytes(InetSocketAddress address, ProbeSettings settings, String userAgent) {
        return ("GET " + settings.path() + " HTTP/1.1\r\n"
                        + "Host: " + host(address, settings) + "\r\n"
                        + "User-Agent: " + userAgent + "\r\n"
                        + "Accept: */*\r\n"
                        + "Connection: close\r\n"
                        + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String host(InetSocketAddress address, ProbeSettings settings) {
        String name = settings.serverName();
        if (name != null) {
            // The name that clients know: they reach it at the listener's port, not at the backend's.
            return name;
        }
        String ip = NetUtil.toAddressString(address.getAddress());
        String host = address.getAddress() instanceof Inet6Address ? "[" + ip + "]" : ip;
        int defaultPort = settings.check().usesTls() ? 443 : 80;
        return address.getPort() == defaultPort ? host : host + ":" + address.getPort();
    }
}
