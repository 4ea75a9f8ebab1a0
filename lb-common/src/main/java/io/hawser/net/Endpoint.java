package io.hawser.net;

/**
 * A host and a port as an operator writes them: {@code host:port}, {@code 192.0.2.1:443} or {@code [2001:db8::1]:443}.
 *
 * @param host a host name or an address literal, without brackets
 * @param port 0 to 65535; 0 asks the kernel for a free port where something is bound
 */
public record Endpoint(String host, int port) {

    public Endpoint {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the host is empty");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
    }

    /**
     * Reads {@code host:port} or {@code [v6]:port}.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.endsWith("]")) {
            throw new IllegalArgumentException("'" + text + "' has no port; write host:port or [v6]:port");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            if (host.indexOf(':') < 0 || IpAddress.tryParse(host) == null) {
                throw new IllegalArgumentException("'" + host + "' between brackets is not an IPv6 address");
            }
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' has more than one ':'; write IPv6 addresses as [v6]:port");
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' has no host; write 0.0.0.0 or [::] for all addresses");
        }
        return new Endpoint(host, parsePort(text.substring(colon + 1)));
    }

    private static int parsePort(String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = digits && text.length() <= 5 ? Integer.parseInt(text) : -1;
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port '" + text + "' is not a number between 0 and 65535");
        }
        return port;
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
