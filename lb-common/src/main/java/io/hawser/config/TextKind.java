package io.hawser.config;

import io.hawser.net.Endpoint;
import io.hawser.net.HostName;
import io.hawser.net.IpAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a text in the configuration stands for, and so what it must look like. */
enum TextKind {
    FREE("text"),
    ID("name"),
    HOST("address or host name"),
    HOST_NAME("host name"),
    HOST_NAME_PATTERN("host name or `*.` with one"),
    ALPN("protocol name"),
    INTERFACE("interface"),
    URL_PATH("URL path"),
    HEX("hexadecimal digits"),
    ZOOKEEPER_CONNECT("`host:port,host:port/path`"),
    ACCESS_LOG("`off`, `stdout` or path");

    private static final Pattern ID_FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** A stricter form than ZooKeeper's own: what needs no quoting anywhere, and no '.' or '..' for a name. */
    private static final Pattern CHROOT_FORM = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,62})+");

    private final String description;

    TextKind(String description) {
        this.description = description;
    }

    /** What the reference calls it, in Markdown. */
    String description() {
        return description;
    }

    /**
     * Checks the text and brings it into its normal form.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    String read(String text) {
        return switch (this) {
            case FREE -> text;
            case ID -> id(text);
            case HOST -> host(text);
            case HOST_NAME -> HostName.normalize(text);
            case HOST_NAME_PATTERN -> HostName.normalizePattern(text);
            case ALPN -> alpn(text);
            case INTERFACE -> networkInterface(text);
            case URL_PATH -> urlPath(text);
            case HEX -> hex(text);
            case ZOOKEEPER_CONNECT -> zooKeeperConnect(text);
            case ACCESS_LOG -> accessLog(text);
        };
    }

    /** Ids become labels of metrics and parts of paths such as {@code POOL/BACKEND}. */
    private static String id(String text) {
        if (!ID_FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a name; use 1 to 63 letters, digits, '-', '_' and '.', a letter or digit first");
        }
        return text;
    }

    static String host(String text) {
        return IpAddress.tryParse(text) != null ? text : HostName.normalize(text);
    }

    /** Protocol names are up to 255 bytes of any kind (RFC 7301 section 3.1); all those registered are visible ASCII. */
    private static String alpn(String text) {
        if (text.isEmpty() || text.length() > 255 || !isVisibleAscii(text)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a protocol name; write one as registered, such as h2, http/1.1 or imap");
        }
        return text;
    }

    /** As the kernel allows them: 15 bytes at most, no slash, no space (dev_valid_name in net/core/dev.c). */
    private static String networkInterface(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9._@-]{0,14}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not the name of an interface; 'ip link' lists them, such as eth0");
        }
        return text;
    }

    private static String urlPath(String text) {
        if (!text.startsWith("/") || !isVisibleAscii(text) || text.indexOf('#') >= 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a URL path; begin it with '/' and percent-encode what is not visible ASCII");
        }
        return text;
    }

    private static String hex(String text) {
        if (!text.matches("([0-9A-Fa-f]{2}){1,16}")) {
            throw new IllegalArgumentException(
                    "'" + text
                            + "' is not 1 to 16 bytes in hexadecimal; write two digits for each, such as 48617773657201, in quotes");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /** As ZooKeeper's clients take it, but that the ports are written out; without one it would be 2181. */
    private static String zooKeeperConnect(String text) {
        int slash = text.indexOf('/');
        String servers = slash < 0 ? text : text.substring(0, slash);
        for (String server : servers.split(",", -1)) {
            Endpoint endpoint = Endpoint.parse(server.strip());
            host(endpoint.host());
            if (endpoint.port() == 0) {
                throw new IllegalArgumentException("'" + server.strip() + "' has the port 0, which no server can have");
            }
        }
        String path = slash < 0 ? "/" : text.substring(slash);
        if (!path.equals("/") && !CHROOT_FORM.matcher(path).matches()) {
            throw new IllegalArgumentException("'" + path
                    + "' is not a path for this cluster in ZooKeeper; write one such as /hawser or /edge/hawser");
        }
        return servers.replace(" ", "") + (path.equals("/") ? "" : path);
    }

    private static String accessLog(String text) {
        boolean word = text.equals(LogConfig.ACCESS_OFF) || text.equals(LogConfig.ACCESS_STDOUT);
        if (!word && (text.indexOf('/') < 0 || text.endsWith("/"))) {
            throw new IllegalArgumentException("'" + text
                    + "' is not valid; write off, stdout or the path of a file, such as /var/log/access.log");
        }
        return text;
    }

    private static boolean isVisibleAscii(String text) {
        return text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }
}
