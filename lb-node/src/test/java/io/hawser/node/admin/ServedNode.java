package io.hawser.node.admin;

import io.hawser.node.identity.KeptIdentity;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An admin server on the loopback, and the ways to ask it. */
final class ServedNode implements AutoCloseable {

    final TestNode node = new TestNode();
    final CollectorRegistry registry = new CollectorRegistry();
    final NodeMetrics metrics = new NodeMetrics(registry, "1.2.3", "abc");
    private final EventLoopGroup group;
    private final AdminServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    ServedNode() {
        this(null, AdminLimits.DEFAULT, Transport.of(Transport.Choice.AUTO));
    }

    ServedNode(@Nullable AdminToken token, AdminLimits limits, Transport transport) {
        this(token, null, limits, transport);
    }

    ServedNode(@Nullable AdminToken token, @Nullable KeptIdentity identity, AdminLimits limits, Transport transport) {
        group = new MultiThreadIoEventLoopGroup(1, transport.ioHandler().get());
        server = AdminServer.start(
                        group,
                        transport.serverChannel(),
                        new AdminSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), token),
                        identity,
                        node,
                        metrics,
                        limits)
                .toCompletableFuture()
                .join();
    }

    InetSocketAddress address() {
        return server.address();
    }

    /** What a request by hand names as its Host. */
    String host() {
        return "127.0.0.1:" + address().getPort();
    }

    RawClient connect() throws IOException {
        return new RawClient(address());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + host() + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    AdminServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close().toCompletableFuture().join();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
