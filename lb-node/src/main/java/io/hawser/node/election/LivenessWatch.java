package io.hawser.node.election;

import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import io.hawser.vip.Candidacy;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds a connection to each other node's {@link LivenessPort}. When one ends, it connects again at once: a refusal says
 * that the process is dead and its host alive. Silence says nothing.
 *
 * <p>All on one event loop, which carries no traffic.
 */
public final class LivenessWatch implements AutoCloseable {

    private static final long REFUSED_AGAIN_MILLIS = 100;
    private static final long SILENT_AGAIN_MILLIS = 500;
    private static final int CONNECT_TIMEOUT_MILLIS = 1000;

    private final EventLoop loop;
    private final ChannelFactory<? extends Channel> transport;
    private final Consumer<String> refused;
    private final Consumer<String> reached;
    private final Map<String, Watched> watched = new HashMap<>();
    private boolean closed;

    /**
     * Makes it.
     *
     * @param refused told, again and again, the id of a node whose host refuses
     * @param reached told the id of a node that takes a connection
     */
    public LivenessWatch(
            EventLoop loop,
            ChannelFactory<? extends Channel> transport,
            Consumer<String> refused,
            Consumer<String> reached) {
        this.loop = loop;
        this.transport = transport;
        this.refused = refused;
        this.reached = reached;
    }

    /** The own address of a node's host, by what it tells of itself; null when it tells none. */
    static @Nullable IpAddress hostOf(Candidacy candidacy) {
        try {
            return IpAddress.tryParse(Endpoint.parse(candidacy.liveness()).host());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Watches these from now on, but for the node itself. Any thread. */
    void become(String self, List<Candidacy> all) {
        loop.execute(() -> {
            Map<String, String> wanted = new HashMap<>();
            for (Candidacy one : all) {
                if (!one.node().equals(self) && hostOf(one) != null) {
                    wanted.put(one.node(), one.liveness());
                }
            }
            for (Iterator<Watched> each = watched.values().iterator(); each.hasNext(); ) {
                Watched one = each.next();
                if (!one.address.equals(wanted.get(one.node))) {
                    one.end();
                    each.remove();
                }
            }
            if (!closed) {
                wanted.forEach((node, address) -> watched.computeIfAbsent(node, id -> new Watched(id, address)));
            }
        });
    }

    @Override
    public void close() {
        loop.execute(() -> {
            closed = true;
            watched.values().forEach(Watched::end);
            watched.clear();
        });
    }

    /** One node. */
    private final class Watched {

        private final String node;
        private final String address;
        private @Nullable Channel channel;
        private boolean ended;

        Watched(String node, String address) {
            this.node = node;
            this.address = address;
            connect();
        }

        private void connect() {
            if (ended) {
                return;
            }
            Endpoint endpoint = Endpoint.parse(address);
            IpAddress host = IpAddress.tryParse(endpoint.host());
            if (host == null) {
                return;
            }
            ChannelFuture connecting = new Bootstrap()
                    .group(loop)
                    .channelFactory(transport)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                    .option(ChannelOption.SO_KEEPALIVE, true)
                    .handler(new Listening())
                    .connect(new InetSocketAddress(host.toInetAddress(), endpoint.port()));
            channel = connecting.channel();
            connecting.addListener(done -> {
                if (done.isSuccess()) {
                    if (!ended) {
                        reached.accept(node);
                    }
                } else if (isRefusal(done.cause())) {
                    if (!ended) {
                        refused.accept(node);
                    }
                    again(REFUSED_AGAIN_MILLIS);
                } else {
                    again(SILENT_AGAIN_MILLIS);
                }
            });
        }

        /** That nobody could be reached, or in time, are other exceptions of Netty's, of the same class. */
        private static boolean isRefusal(Throwable cause) {
            return cause instanceof ConnectException
                    && cause.getMessage() != null
                    && cause.getMessage().contains("refused");
        }

        private void again(long millis) {
            var unused = loop.schedule(this::connect, millis, TimeUnit.MILLISECONDS);
        }

        void end() {
            ended = true;
            Channel open = channel;
            if (open != null) {
                var unused = open.close();
            }
        }

        private final class Listening extends Mute {

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                // Not within the closing of the channel.
                loop.execute(Watched.this::connect);
            }
        }
    }
}
