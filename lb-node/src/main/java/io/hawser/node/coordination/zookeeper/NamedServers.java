package io.hawser.node.coordination.zookeeper;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.StaticHostProvider;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * Makes clients that know servers by the names or addresses that the configuration has, and by no others. ZooKeeper's own
 * would ask the name service for the name of an address, and then want a certificate for whatever that says.
 */
final class NamedServers implements ZookeeperFactory {

    private final @Nullable String name;

    /** @param name of all of them, whatever the configuration calls them; null: as it calls them */
    NamedServers(@Nullable String name) {
        this.name = name;
    }

    @Override
    public ZooKeeper newZooKeeper(String connectString, int sessionTimeout, Watcher watcher, boolean canBeReadOnly)
            throws Exception {
        return newZooKeeper(connectString, sessionTimeout, watcher, canBeReadOnly, new ZKClientConfig());
    }

    @Override
    public ZooKeeper newZooKeeper(
            String connectString, int sessionTimeout, Watcher watcher, boolean canBeReadOnly, ZKClientConfig config)
            throws Exception {
        HostProvider servers =
                new StaticHostProvider(new ConnectStringParser(connectString).getServerAddresses(), this::resolved);
        return new ZooKeeper(connectString, sessionTimeout, watcher, canBeReadOnly, servers, config);
    }

    private InetAddress[] resolved(String host) throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = InetAddress.getByAddress(name == null ? host : name, addresses[i].getAddress());
        }
        return addresses;
    }
}
