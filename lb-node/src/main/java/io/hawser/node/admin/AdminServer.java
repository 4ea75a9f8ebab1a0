package io.hawser.node.admin;

import io.hawser.node.identity.KeptIdentity;
import io.hawser.node.metrics.NodeMetrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 server on the admin address.
 *
 * <p>Runs on the event loops it is given and on no other thread; give it one of its own, for rendering metrics takes
 * time. Its clients may be hostile: requests, connections and waits are bounded.
 */
public final class AdminServer {

    private final Channel channel;
    private final RequestGuard guard;
    private final OpenConnections connections;

    private AdminServer(Channel channel, RequestGuard guard, OpenConnections connections) {
        this.channel = channel;
        this.guard = guard;
        this.connections = connections;
    }

    /**
     * Binds and serves.
     *
     * @param group one loop of its own, which carries no traffic
     * @param transport the server socket's kind, which fits the group
     * @param identity who it is to clients that speak TLS, and then all must; null for plain HTTP
     * @param node what the requests ask
     * @param metrics what {@code /metrics} shows
     * @return completes exceptionally with an IOException that names the address when it can't be bound
     */
    public static CompletionStage<AdminServer> start(
            EventLoopGroup group,
            ChannelFactory<? extends ServerChannel> transport,
            AdminSettings settings,
            @Nullable KeptIdentity identity,
            NodeControl node,
            NodeMetrics metrics) {
        return start(group, transport, settings, identity, node, metrics, AdminLimits.DEFAULT);
    }

    static CompletionStage<AdminServer> start(
            EventLoopGroup group,
            ChannelFactory<? extends ServerChannel> transport,
            AdminSettings settings,
            @Nullable KeptIdentity identity,
            NodeControl node,
            NodeMetrics metrics,
            AdminLimits limits) {
        AdminTls tls = identity == null ? null : new AdminTls(identity, limits.requestMillis());
        RequestGuard guard = new RequestGuard(settings);
        Endpoints endpoints = new Endpoints(node, new MetricsPage(metrics.registry()));
        OpenConnections connections = new OpenConnections(limits.maxConnections(), metrics::adminConnectionRefused);
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channelFactory(transport)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // The next request of a connection is read once this one is answered.
                .childOption(ChannelOption.AUTO_READ, false)
                // Who has asked and says that he asks no more still wants his answer.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast("connections", connections);
                        if (tls != null) {
                            client.pipeline().addLast("tls", tls.newHandler(client.alloc()));
                        }
                        addHandlers(client.pipeline(), guard, endpoints, limits);
                    }
                })
                .bind(settings.bind());
        CompletableFuture<AdminServer> started = new CompletableFuture<>();
        bound.addListener(done -> {
            if (done.isSuccess()) {
                started.complete(new AdminServer(bound.channel(), guard, connections));
            } else {
                started.completeExceptionally(new IOException(
                        "cannot listen on admin.bind "
                                + NetUtil.toSocketAddressString(settings.bind()) + ": "
                                + done.cause().getMessage(),
                        done.cause()));
            }
        });
        return started;
    }

    private static void addHandlers(
            ChannelPipeline pipeline, RequestGuard guard, Endpoints endpoints, AdminLimits limits) {
        HttpDecoderConfig decoder = new HttpDecoderConfig()
                .setMaxInitialLineLength(AdminLimits.MAX_REQUEST_LINE)
                .setMaxHeaderSize(AdminLimits.MAX_HEADER_BYTES);
        pipeline.addLast("http", new HttpServerCodec(decoder))
                .addLast("whole", new WholeRequests(limits.maxBodyBytes()))
                .addLast("deadline", new Deadline(limits.requestMillis()))
                .addLast("one-by-one", new FlowControlHandler())
                .addLast("requests", new RequestHandler(guard, endpoints, limits));
    }

    /**
     * Asks changes for another token from now on. It goes on listening where it does.
     *
     * @return the settings that held before
     */
    public AdminSettings become(AdminSettings next) {
        return guard.become(next);
    }

    /** Where it listens, with the port that it got. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Connections open now. */
    int openConnections() {
        return connections.count();
    }

    /** Stops listening and closes its connections. The event loops go on: they are not its own. */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        channel.close().addListener(done -> {
            connections.closeAll();
            closed.complete(null);
        });
        return closed;
    }
}
