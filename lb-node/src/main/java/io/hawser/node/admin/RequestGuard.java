package io.hawser.node.admin;

import io.hawser.net.IpAddress;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that must not reach an endpoint, whatever it is.
 *
 * <p>A page in an operator's browser can send requests to the loopback too. So a name that some stranger pointed at
 * 127.0.0.1 is no good Host, and a change needs a content type and an origin that other sites can't send.
 */
final class RequestGuard {

    private static final String BEARER = "Bearer ";
    private static final Pattern HOST = Pattern.compile("(?:\\[(?<v6>[^\\]]*)\\]|(?<name>[^:]*))(?::[0-9]*)?");

    private volatile AdminSettings settings;

    RequestGuard(AdminSettings settings) {
        this.settings = settings;
    }

    /** Has these settings hold from now on, and returns those before. Any thread. */
    AdminSettings become(AdminSettings next) {
        AdminSettings before = settings;
        settings = next;
        return before;
    }

    /** @throws Refusal saying what the request lacks */
    void check(FullHttpRequest request) {
        String host = host(request);
        if (settings.isLoopback() && host != null && !isLoopbackHost(host)) {
            throw new Refusal(
                    HttpResponseStatus.FORBIDDEN,
                    "forbidden_host",
                    "this address answers to localhost, 127.0.0.1 and [::1] only; reach it by one of these names");
        }
        if (request.method().equals(HttpMethod.POST)) {
            checkOrigin(request.headers(), host);
            checkToken(request.headers());
            checkContentType(request);
        }
    }

    private static @Nullable String host(FullHttpRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            throw Refusal.badRequest("the request has more than one Host header (RFC 9112 section 3.2); send one");
        }
        if (hosts.isEmpty()) {
            if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
                return null;
            }
            throw Refusal.badRequest("the request has no Host header (RFC 9112 section 3.2); send one");
        }
        return hosts.get(0);
    }

    private static boolean isLoopbackHost(String host) {
        Matcher parts = HOST.matcher(host);
        if (!parts.matches()) {
            return false;
        }
        String v6 = parts.group("v6");
        String name = v6 == null ? parts.group("name") : v6;
        if (v6 == null && name.equalsIgnoreCase("localhost")) {
            return true;
        }
        IpAddress address = IpAddress.tryParse(name);
        return address != null && address.toInetAddress().isLoopbackAddress();
    }

    private static void checkOrigin(HttpHeaders headers, @Nullable String host) {
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin == null) {
            return;
        }
        boolean isOwn = host != null
                && (origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host));
        if (!isOwn) {
            throw new Refusal(
                    HttpResponseStatus.FORBIDDEN,
                    "forbidden_origin",
                    "a page of another site may not change this node");
        }
    }

    private void checkToken(HttpHeaders headers) {
        AdminToken token = settings.token();
        if (token == null) {
            return;
        }
        String shown = headers.get(HttpHeaderNames.AUTHORIZATION);
        if (shown == null
                || !shown.regionMatches(true, 0, BEARER, 0, BEARER.length())
                || !token.matches(shown.substring(BEARER.length()).strip())) {
            throw new Refusal(
                    HttpResponseStatus.UNAUTHORIZED,
                    "unauthorized",
                    shown == null
                            ? "a change needs the token: send 'Authorization: Bearer TOKEN' with the first line of the"
                                    + " node's admin.token-file (lbctl --token-file FILE)"
                            : "this is not the node's token: it reads the first line of its admin.token-file when it"
                                    + " starts and when it reloads",
                    List.of(),
                    Map.of("www-authenticate", "Bearer realm=\"hawser\""));
        }
    }

    private static void checkContentType(FullHttpRequest request) {
        CharSequence type = HttpUtil.getMimeType(request);
        if (type == null || !type.toString().equalsIgnoreCase(Answer.JSON)) {
            throw new Refusal(
                    HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                    "unsupported_media_type",
                    "a change is sent as JSON: set 'Content-Type: application/json'");
        }
    }
}
