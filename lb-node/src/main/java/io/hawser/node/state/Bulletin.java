package io.hawser.node.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a node tells of itself.
 *
 * @param node its id
 * @param address at which other machines reach it
 * @param clusterPort at which the members of its cluster reach it
 * @param admin the URL of its admin server
 * @param version of its build
 * @param started when it was started, by its own clock
 * @param replication how well what it knows has reached the others
 */
public record Bulletin(
        String node,
        String address,
        int clusterPort,
        String admin,
        String version,
        Instant started,
        Replication replication) {

    void write(MessageWriter out) {
        out.writeText(node)
                .writeText(address)
                .writeInt(clusterPort)
                .writeText(admin)
                .writeText(version)
                .writeLong(started.toEpochMilli())
                .writeInt(replication.changesWaiting())
                .writeLong(replication.lagMillis())
                .writeBoolean(replication.backupsInSync())
                .writeInt(replication.unsafe().size());
        replication.unsafe().forEach(out::writeText);
    }

    static Bulletin read(MessageReader in) throws MessageException {
        String node = in.readText();
        String address = in.readText();
        int clusterPort = in.readInt();
        String admin = in.readText();
        String build = in.readText();
        Instant started = Instant.ofEpochMilli(in.readLong());
        int waiting = in.readInt();
        long lagMillis = in.readLong();
        boolean backupsInSync = in.readBoolean();
        List<String> unsafe = new ArrayList<>();
        int count = in.readCount(Short.BYTES);
        for (int i = 0; i < count; i++) {
            unsafe.add(in.readText());
        }
        return new Bulletin(
                node,
                address,
                clusterPort,
                admin,
                build,
                started,
                new Replication(true, waiting, lagMillis, backupsInSync, unsafe));
    }
}
