package io.hawser.node.state.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.server.ServerContext;
import com.hazelcast.internal.server.tcp.UnifiedChannelInitializer;
import java.util.function.Function;

/**
 * Has a member speak TLS on all its connections: the handlers that do so stand between Hazelcast's own and the socket,
 * where those of its enterprise edition would.
 */
final class SecuredNodeContext extends DefaultNodeContext {

    private final Links links;

    SecuredNodeContext(Links links) {
        this.links = links;
    }

    @Override
    public NodeExtension createNodeExtension(Node node) {
        return new Extension(node, links);
    }

    private static final class Extension extends DefaultNodeExtension {

        private final Links links;

        Extension(Node node, Links links) {
            super(node);
            this.links = links;
        }

        @Override
        public Function<EndpointQualifier, ChannelInitializer> createChannelInitializerFn(ServerContext context) {
            ChannelInitializer secured = new Secured(context, new UnifiedChannelInitializer(context), links);
            return endpoint -> secured;
        }
    }

    private record Secured(ServerContext context, UnifiedChannelInitializer plain, Links links)
            implements ChannelInitializer {

        @Override
        public void initChannel(Channel channel) {
            Link link = links.open(channel, () -> unreachable(channel));
            channel.inboundPipeline().addLast(new LinkReader(link));
            plain.initChannel(channel);
            channel.outboundPipeline().addLast(new LinkWriter(link));
        }

        /** As if the connection had been refused: who joins does not wait for somebody that it can't speak with. */
        private void unreachable(Channel channel) {
            if (channel.attributeMap().get(Address.class) instanceof Address address) {
                context.onFailedConnection(address);
            }
        }
    }
}
