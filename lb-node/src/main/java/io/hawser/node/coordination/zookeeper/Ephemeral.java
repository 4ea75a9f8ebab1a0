package io.hawser.node.coordination.zookeeper;

import java.util.Arrays;
import java.util.List;
import org.apache.zookeeper.AsyncCallback.MultiCallback;
import org.apache.zookeeper.AsyncCallback.StatCallback;
import org.apache.zookeeper.AsyncCallback.StringCallback;
import org.apache.zookeeper.AsyncCallback.VoidCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * Says something in ZooKeeper for as long as this node's session lives: makes a node, changes it and removes it, so that
 * it comes to be as it was last wanted. Any thread; nothing blocks.
 */
final class Ephemeral {

    private final String path;
    private final List<ACL> acl;
    private @Nullable ZooKeeper session;
    private byte @Nullable [] wanted;
    /** What ZooKeeper is known to have. */
    private byte @Nullable [] written;

    private boolean isKnown;
    private boolean busy;

    Ephemeral(String path, List<ACL> acl) {
        this.path = path;
        this.acl = acl;
    }

    /** What is to be said from now on; null: nothing. */
    synchronized void say(byte @Nullable [] data) {
        wanted = data;
        next();
    }

    /** The session is there, or there again: what has become of what was written before isn't known. */
    synchronized void connected(ZooKeeper now) {
        session = now;
        isKnown = false;
        busy = false;
        next();
    }

    private void next() {
        ZooKeeper now = session;
        if (now == null || busy || (isKnown && Arrays.equals(wanted, written))) {
            return;
        }
        byte[] data = wanted;
        busy = true;
        if (data == null) {
            VoidCallback done = (code, where, context) -> wrote(now, code, null);
            now.delete(path, -1, done, null);
        } else {
            StatCallback done = (code, where, context, stat) -> {
                if (code == Code.OK.intValue() && stat.getEphemeralOwner() != now.getSessionId()) {
                    replace(now, data);
                } else if (code == Code.NONODE.intValue()) {
                    create(now, data);
                } else {
                    wrote(now, code, data);
                }
            };
            now.setData(path, data, -1, done, null);
        }
    }

    /** It is an earlier session's, which ZooKeeper has not ended yet. */
    private void replace(ZooKeeper on, byte[] data) {
        MultiCallback done = (code, where, context, results) -> wrote(on, code, data);
        on.multi(List.of(Op.delete(path, -1), Op.create(path, data, acl, CreateMode.EPHEMERAL)), done, null);
    }

    private void create(ZooKeeper on, byte[] data) {
        StringCallback done = (code, where, context, name) -> wrote(on, code, data);
        on.create(path, data, acl, CreateMode.EPHEMERAL, done, null);
    }

    private synchronized void wrote(ZooKeeper by, int code, byte @Nullable [] data) {
        if (by != session) {
            return;
        }
        Code result = Code.get(code);
        if (result == Code.CONNECTIONLOSS || result == Code.SESSIONEXPIRED || result == Code.AUTHFAILED) {
            // Done anew once the session is there again.
            isKnown = false;
            return;
        }
        busy = false;
        isKnown = result == Code.OK || (data == null && result == Code.NONODE);
        written = data;
        next();
    }
}
