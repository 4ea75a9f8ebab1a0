package io.hawser.node.coordination.zookeeper;

import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * Closes what the nodes keep to everybody who is not one of them. Paths above the cluster's own are other people's, too,
 * and stay open.
 */
final class Protection implements ACLProvider {

    private final Paths paths;

    Protection(Paths paths) {
        this.paths = paths;
    }

    @Override
    public List<ACL> getDefaultAcl() {
        return ZooDefs.Ids.CREATOR_ALL_ACL;
    }

    @Override
    public List<ACL> getAclForPath(String path) {
        return paths.isOwn(path) ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
    }

    /** Closes also what was kept before there was a password; what sessions hold ends with them. */
    void close(CuratorFramework client, String path) throws Exception {
        Stat stat = client.checkExists().forPath(path);
        if (stat == null || stat.getEphemeralOwner() != 0) {
            return;
        }
        try {
            if (client.getACL().forPath(path).equals(ZooDefs.Ids.OPEN_ACL_UNSAFE)) {
                client.setACL().withACL(ZooDefs.Ids.CREATOR_ALL_ACL).forPath(path);
            }
            for (String child : client.getChildren().forPath(path)) {
                close(client, path + "/" + child);
            }
        } catch (KeeperException.NoNodeException e) {
            // Gone meanwhile.
        }
    }
}
