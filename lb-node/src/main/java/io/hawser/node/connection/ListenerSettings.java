package io.hawser.node.connection;

import io.hawser.limit.AccessList;
import io.hawser.net.Cidr;
import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import io.hawser.route.RouteTable;
import java.util.List;
import java.util.Set;

/**
 * What a listener does with its connections; replaced whole by a reload, while connections keep the one they began
 * with.
 *
 * @param id the listener's name
 * @param bind where it listens
 * @param floating those among them that this host has only at times: they can be bound when it has not, and when they
 *     are given up that does not take long
 * @param tls whether a ClientHello is read and routed by; otherwise every connection takes the route for no names
 * @param inspectTimeoutNanos how long the PROXY header and the hello may each take
 * @param proxySources networks whose connections must begin with a PROXY header; nobody else's may
 * @param access who may connect
 * @param maxConnections open at once
 * @param maxConnectionsPerClient open at once from one address; 0 is no limit
 * @param newConnectionsPerClient a second, from one address; 0 is no limit
 * @param backlog connections that may wait in the kernel to be accepted
 * @param routes from names to pools
 */
public record ListenerSettings(
        String id,
        List<Endpoint> bind,
        Set<Endpoint> floating,
        boolean tls,
        long inspectTimeoutNanos,
        List<Cidr> proxySources,
        AccessList access,
        int maxConnections,
        int maxConnectionsPerClient,
        int newConnectionsPerClient,
        int backlog,
        RouteTable<RoutedPool> routes) {

    boolean expectsProxyHeaderFrom(IpAddress address) {
        // A handful of networks at most, and mostly none.
        for (int i = 0; i < proxySources.size(); i++) {
            if (proxySources.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }
}
